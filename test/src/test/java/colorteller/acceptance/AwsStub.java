package colorteller.acceptance;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Answers as ECS (JSON) and Elastic Load Balancing (XML) do, with what a test has prepared, in that
 * order; what is not prepared is an error.
 */
public final class AwsStub implements AutoCloseable {

  private record Answer(int status, String body) {}

  private static final String ECS = "AmazonEC2ContainerServiceV20141113.";

  private final HttpStub http;
  private final Map<String, Queue<Answer>> answers = new HashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  private AwsStub() throws IOException {
    http = new HttpStub(this::answer);
  }

  public static AwsStub start() throws IOException {
    return new AwsStub();
  }

  public String endpoint() {
    return http.endpoint();
  }

  /** The operations that were asked for, each with its request. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** As if nothing had been prepared or asked. */
  void reset() {
    answers.clear();
    asked.clear();
  }

  public void answers(String operation, String body) {
    add(operation, new Answer(200, body));
  }

  void fails(String operation, int status, String code) {
    add(operation, new Answer(status, code));
  }

  private void add(String operation, Answer answer) {
    answers.computeIfAbsent(operation, name -> new ArrayDeque<>()).add(answer);
  }

  private HttpStub.Answer answer(HttpExchange exchange, String request) {
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    String operation =
        target != null
            ? target.substring(ECS.length())
            : request.replaceFirst("^Action=([A-Za-z]+)&.*", "$1");
    asked.add(operation + " " + request);
    Queue<Answer> prepared = answers.getOrDefault(operation, new ArrayDeque<>());
    Answer answer = prepared.isEmpty() ? new Answer(400, "NotPrepared") : prepared.remove();
    return new HttpStub.Answer(
        answer.status(),
        Map.of("Content-Type", target != null ? "application/x-amz-json-1.1" : "text/xml"),
        target != null ? json(answer) : xml(operation, answer));
  }

  private static String json(Answer answer) {
    return answer.status() == 200
        ? answer.body()
        : "{\"__type\": \"%1$s\", \"message\": \"The stub says %1$s.\"}".formatted(answer.body());
  }

  private static String xml(String operation, Answer answer) {
    String namespace = "xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\"";
    return answer.status() == 200
        ? """
        <%1$sResponse %2$s>
          <%1$sResult>%3$s</%1$sResult>
          <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
        </%1$sResponse>"""
            .formatted(operation, namespace, answer.body())
        : """
        <ErrorResponse %s>
          <Error><Type>Sender</Type><Code>%s</Code><Message>The stub says it.</Message></Error>
          <RequestId>1</RequestId>
        </ErrorResponse>"""
            .formatted(namespace, answer.body());
  }

  static String arn(String task) {
    return "arn:aws:ecs:eu-west-1:123456789012:task/colors/" + task;
  }

  /** An answer to ListTasks that is the last one. */
  public static String list(String... tasks) {
    return "{\"taskArns\": [%s]}".formatted(arns(Stream.of(tasks)));
  }

  static String page(String nextToken, List<String> tasks) {
    return "{\"taskArns\": [%s], \"nextToken\": \"%s\"}".formatted(arns(tasks.stream()), nextToken);
  }

  private static String arns(Stream<String> tasks) {
    return tasks.map(task -> "\"" + arn(task) + "\"").collect(Collectors.joining(", "));
  }

  public static String describe(String... tasks) {
    return "{\"tasks\": [%s], \"failures\": []}".formatted(String.join(",", tasks));
  }

  /**
   * A running task on Fargate, as ECS describes it.
   *
   * @param ipv6 its address, or nothing
   */
  public static String task(String name, String ipv6) {
    return """
        {"taskArn": "%1$s", "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/colors",
         "group": "service:gateway", "launchType": "FARGATE", "version": 4,
         "desiredStatus": "RUNNING", "lastStatus": "RUNNING", "startedAt": 1700000000.123,
         "attachments": [{"id": "e1", "type": "ElasticNetworkInterface", "status": "ATTACHED",
           "details": [{"name": "subnetId", "value": "subnet-1"},
                       {"name": "networkInterfaceId", "value": "eni-1"},
                       {"name": "privateIPv4Address", "value": "10.0.0.7"}]}],
         "containers": [
           {"name": "envoy", "taskArn": "%1$s", "lastStatus": "RUNNING", "networkBindings": [],
            "networkInterfaces": [{"attachmentId": "e1", "privateIpv4Address": "10.0.0.7"%2$s}]},
           {"name": "xray", "taskArn": "%1$s", "lastStatus": "RUNNING", "networkBindings": [],
            "networkInterfaces": [{"attachmentId": "e1", "privateIpv4Address": "10.0.0.7"%2$s}]}]}"""
        .formatted(arn(name), ipv6.isEmpty() ? "" : ", \"ipv6Address\": \"" + ipv6 + "\"");
  }

  public static String healths(String... targets) {
    return "<TargetHealthDescriptions>%s</TargetHealthDescriptions>"
        .formatted(String.join("", targets));
  }

  /** A target, as DescribeTargetHealth tells of it. */
  static String health(String address, int port, String state) {
    return """
        <member>
          <Target><Id>%s</Id><Port>%d</Port><AvailabilityZone>eu-west-1a</AvailabilityZone></Target>
          <HealthCheckPort>%d</HealthCheckPort>
          <TargetHealth><State>%s</State></TargetHealth>
        </member>"""
        .formatted(address, port, port, state);
  }

  @Override
  public void close() {
    http.close();
  }
}
