package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.AwsStub;
import colorteller.acceptance.Command;
import colorteller.acceptance.LambdaPackage;
import colorteller.acceptance.Moto;
import colorteller.account.FunctionProcess;
import colorteller.cli.LocalMeshes;
import colorteller.cli.VpcMeshes;
import colorteller.deployment.Deployment;
import colorteller.deployment.Stacks;
import colorteller.local.Session;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.report.Observation;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.page.Browser;
import colorteller.page.Page;
import colorteller.page.Stages;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.flipkart.zjsonpatch.JsonPatch;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a VPC on this machine, seen from inside. Blue has two tasks. */
@ExtendWith(NeedsNamespaces.class)
class VpcMeshTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DATA = Path.of("test/src/test/resources/vpc");
  private static final int HTTPS = 443;

  private static final String SERVER =
      """
      import http.server, socket, sys
      class Server(http.server.ThreadingHTTPServer):
          address_family = socket.AF_INET6
      class Handler(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
              self.send_response(200)
              self.end_headers()
              self.wfile.write(b'outside')
          def log_message(self, *line): pass
      server = Server(('::', int(sys.argv[1])), Handler)
      print('ready', flush=True)
      server.serve_forever()
      """;

  private static Scenario scenario;
  private static Map<String, JsonNode> stacks;
  private static VpcNetwork network;
  private static Session session;

  @BeforeAll
  static void start() {
    scenario = LocalMeshes.stage("dns", "v6_preferred");
    stacks = VpcMeshes.stacks(scenario);
    service(stacks, "colortellerblueService").put("DesiredCount", 2);
    network = VpcMeshes.network(stacks);
    session = new Session(network, scenario);
  }

  @AfterAll
  static void stop() {
    if (session != null) {
      session.close();
    }
  }

  private static ObjectNode service(Map<String, JsonNode> stacks, String id) {
    for (JsonNode stack : stacks.values()) {
      for (Map.Entry<String, JsonNode> resource : stack.path("Resources").properties()) {
        if (resource.getKey().startsWith(id)
            && resource.getValue().path("Type").asText().equals("AWS::ECS::Service")) {
          return (ObjectNode) resource.getValue().path("Properties");
        }
      }
    }
    throw new AssertionError("no service " + id);
  }

  @Test
  void severalTasksAreOneNode() {
    for (String stage : List.of("v6_preferred", "none", "override")) {
      Run run = session.switchTo(LocalMeshes.stage("dns", stage));
      assertThat(run.routes()).allMatch(route -> route.matches());
    }
    assertThat(network.namespaces()).containsKeys("colorteller-blue-1", "colorteller-blue-2");
    session.supervise();
  }

  /** The picture says what was observed, through both addresses of the load balancer. */
  @Test
  void thePageShowsIt() throws Exception {
    Scenario first = LocalMeshes.stage("dns", "v6_preferred");
    Scenario none = LocalMeshes.stage("dns", "none");
    Run before = session.switchTo(first);
    try (Page page = new Page(session, new Stages(List.of(first, none)), first, before, Map.of());
        Browser browser = new Browser()) {
      Browser.Tab tab = browser.open("vpc", page.url(), Map.of());
      tab.await("document.querySelector('#canvas svg') !== null");
      showsWays(tab, before);
      Run after = session.switchTo(none);
      tab.await("document.getElementById('said').textContent.startsWith('none:')");
      showsWays(tab, after);
      assertThat(tab.console()).isEmpty();
    }
  }

  private static void showsWays(Browser.Tab tab, Run run) throws Exception {
    for (IpFamily family : IpFamily.values()) {
      tab.click("input[name=entry][value=%s]".formatted(family));
      List<String> ways = new ArrayList<>();
      for (RouteResult route : run.routes()) {
        Observation observed = route.observed(family).orElseThrow();
        ways.add(
            "%s: %s %s"
                .formatted(
                    route.path(),
                    observed.answer().isPresent() ? "answered" : "ends at",
                    RouteResult.was(observed)));
      }
      List<String> shown = new ArrayList<>();
      tab.evaluate(
              "[...document.querySelectorAll('#canvas .way')].map(way => way.getAttribute('aria-label'))")
          .forEach(label -> shown.add(label.asText()));
      assertThat(shown).isEqualTo(ways);
    }
  }

  /** What nothing lets through is not open, and nothing else is closed. */
  @Test
  void openIsWhatTheTemplatesSay() throws Exception {
    PortScan scan = new PortScan(network.vpc(), Stacks.read(stacks));
    String observed = scan.observed();
    Path golden = DATA.resolve("open.txt");
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(golden, observed);
    }
    assertThat(observed).isEqualTo(Files.readString(golden));
    assertThat(observed).isEqualTo(scan.expected());
  }

  @Test
  void aRuleOpensOneCell() throws Exception {
    Map<String, JsonNode> changed = new HashMap<>(stacks);
    JsonNode patch = JSON.readTree(DATA.resolve("ssh-to-the-load-balancer.json").toFile());
    changed.computeIfPresent(
        "app-mesh-ipv6-dns-ecs-service", (name, template) -> JsonPatch.apply(patch, template));
    Deployment deployment = Stacks.read(changed);
    try (VpcNetwork opened = VpcMeshes.network(changed)) {
      PortScan scan = new PortScan(opened.vpc(), deployment);
      String observed = scan.observed();
      assertThat(observed)
          .isEqualTo(
              Files.readString(DATA.resolve("open.txt"))
                  .replaceFirst("(client +load-balancer +)80 81   ", "$1" + "22 80 81"));
      assertThat(observed).isEqualTo(scan.expected());
    }
  }

  /** Every Envoy holds what {@code config} prints, but for the differences that vpc.md lists. */
  @ParameterizedTest
  @ValueSource(strings = {"v4_only", "none", "override"})
  void envoysHoldWhatConfigPrints(String stage) throws Exception {
    Mesh mesh = LocalMeshes.stage("dns", stage).mesh();
    session.local().apply(mesh);
    HeldResources.areThoseOfConfig(network, mesh);
  }

  /** The application's connections go to its Envoy, and the Envoy's own do not. */
  @ParameterizedTest
  @ValueSource(strings = {"IPV4", "IPV6"})
  void theApplicationIsRedirectedAndItsEnvoyIsNot(IpFamily family) throws Exception {
    session.local().apply(letsOut());
    EcsTask green =
        network.tasks().running().stream()
            .filter(task -> task.network().namespace().equals("colorteller-green-1"))
            .findFirst()
            .orElseThrow();
    Process outside =
        network
            .vpc()
            .process(
                VpcNamespaces.CLIENT,
                List.of("python3", "-c", SERVER, Integer.toString(HTTPS)),
                Map.of())
            .start();
    try {
      assertThat(outside.inputReader().readLine()).isEqualTo("ready");
      String address = VpcNamespaces.client().get(family);
      String url =
          "http://%s:%d/".formatted(family == IpFamily.IPV6 ? "[" + address + "]" : address, HTTPS);
      Map<String, Integer> before = counters(green);
      assertThat(inside(green, "curl", "-s", "-m", "10", url)).isEqualTo("outside");
      Map<String, Integer> after = counters(green);
      assertThat(after.get("redirect to :15001") - before.get("redirect to :15001")).isEqualTo(1);
      // The way on, from the Envoy to the server.
      assertThat(after.get("accept") - before.get("accept")).isPositive();
    } finally {
      new NamespaceProcess(outside).stop(Duration.ofSeconds(5));
    }
  }

  /** The stage's mesh, in which Envoys let connections out that are for no virtual service. */
  private static Mesh letsOut() {
    String name = "app-mesh-ipv6-dns-mesh";
    JsonNode template = stacks.get(name).deepCopy();
    template
        .findValues("EgressFilter")
        .forEach(filter -> ((ObjectNode) filter).put("Type", "ALLOW_ALL"));
    for (JsonNode resource : template.path("Resources")) {
      if (resource.path("Type").asText().equals("AWS::AppMesh::Mesh")) {
        ((ObjectNode) resource.path("Properties"))
            .withObject("/Spec/EgressFilter")
            .put("Type", "ALLOW_ALL");
      }
    }
    return MeshReader.read(Template.of(name, template));
  }

  /** How many connections each counted rule of ECS's redirection has met. */
  private static Map<String, Integer> counters(EcsTask task) throws Exception {
    Map<String, Integer> result = new HashMap<>();
    Matcher rule =
        Pattern.compile("(?:tcp|mark 0x00000539) counter packets (\\d+) bytes \\d+ (.*)")
            .matcher(inside(task, "nft", "list", "table", "inet", "ecs"));
    while (rule.find()) {
      result.put(rule.group(2).strip(), Integer.valueOf(rule.group(1)));
    }
    return result;
  }

  /** The IPv6 target group holds what the function's own package would register. */
  @Test
  void gatewayTargetsRegistersTheSameTargets() throws Exception {
    String address =
        network.tasks().running().stream()
            .filter(task -> task.network().namespace().equals("colorgateway-1"))
            .flatMap(task -> task.network().address(IpFamily.IPV6).stream())
            .findFirst()
            .orElseThrow();
    Set<String> registered = new TreeSet<>();
    try (AwsStub stub = AwsStub.start()) {
      stub.answers("DescribeTargetHealth", AwsStub.healths());
      stub.answers("ListTasks", AwsStub.list("1"));
      stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("1", address)));
      stub.answers("RegisterTargets", "");
      Map<String, String> environment =
          new HashMap<>(Moto.environment(stub.endpoint(), "eu-west-1"));
      environment.putAll(
          Map.of(
              "CLUSTER", "colors",
              "SERVICE", "gateway",
              "TARGET_GROUP_ARN", "ipv6",
              "PORT", "9080",
              "SETTLE_SECONDS", "0",
              "AWS_LAMBDA_FUNCTION_NAME", "function",
              "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"));
      FunctionProcess.Result result =
          LambdaPackage.invoke(
              "gateway-targets",
              environment,
              "{\"id\": \"1\", \"detail-type\": \"Scheduled Event\", \"source\": \"aws.events\", \"detail\": {}}");
      assertThat(result.error()).isEmpty();
      Matcher target =
          Pattern.compile(
                  "Targets\\.member\\.\\d+\\.Id=([^&]+)&Targets\\.member\\.\\d+\\.Port=(\\d+)")
              .matcher(stub.asked().get(stub.asked().size() - 1));
      while (target.find()) {
        registered.add(
            "%s %s"
                .formatted(
                    URLDecoder.decode(target.group(1), StandardCharsets.UTF_8), target.group(2)));
      }
    }
    assertThat(registered).hasSize(1).isEqualTo(targets("app-mesh-ipv6-web-dns-ipv6"));
  }

  private static Set<String> targets(String group) throws Exception {
    Set<String> result = new TreeSet<>();
    JsonNode clusters =
        JSON.readTree(
            run(
                network.inside("load-balancer"),
                "curl",
                "-s",
                "http://127.0.0.1:9901/clusters?format=json"));
    for (JsonNode cluster : clusters.path("cluster_statuses")) {
      if (cluster.path("name").asText().equals(group)) {
        for (JsonNode host : cluster.path("host_statuses")) {
          JsonNode socket = host.at("/address/socket_address");
          result.add(socket.path("address").asText() + " " + socket.path("port_value").asInt());
        }
      }
    }
    return result;
  }

  private static String inside(EcsTask task, String... command) throws Exception {
    return run(network.inside(task.network().namespace()), command);
  }

  private static String run(List<String> into, String... command) throws Exception {
    List<String> whole = new ArrayList<>(into);
    whole.addAll(List.of(command));
    Command.Result result = Command.run(Map.of(), whole);
    assertThat(result.status()).as(String.join(" ", command) + result.err()).isZero();
    return result.out();
  }
}
