package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Moto;
import colorteller.acceptance.Ports;
import colorteller.acceptance.ProxiesGolden;
import colorteller.meshservice.AwsFront.Fault;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process, with AWS over HTTP and a real Envoy: the gateway of a mesh. */
class MeshServiceTest {

  private static final boolean PROOF = Boolean.getBoolean("proof");
  private static final int REQUESTS = PROOF ? 2000 : 20;
  private static final int INSTANCES = PROOF ? 200 : 20;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  private static Moto moto;

  @TempDir Path folder;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final int gatewayPort = Ports.free();
  private final int servicePort = Ports.free();
  // Node red's instances are at 127.0.0.1, .2 and so on, all on this port.
  private final int red = Ports.free();
  private final int blue = Ports.free();
  private AwsFront aws;
  private Colors colors;
  // The same for each service that a test starts: another port would be something new to tell.
  private String egressPorts;

  @BeforeAll
  static void startMoto() throws Exception {
    moto = new Moto();
  }

  @AfterAll
  static void endMoto() {
    moto.close();
  }

  @BeforeEach
  void deploy() throws Exception {
    aws = open(new AwsFront(moto.endpoint()));
    colors = open(new Colors(moto, List.of("red", "blue")));
    egressPorts = LoopbackService.egressPorts(colors);
    instance("red", "127.0.0.1", red);
    instance("blue", "127.0.0.1", blue);
    colors.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
    colors.register("blue", "b1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
    colors.deploy(gatewayPort, Map.of("red", red, "blue", blue));
  }

  @AfterEach
  void end() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  @Test
  void aChangedDocumentReachesAnEnvoyWithinFiveSeconds() throws Exception {
    Map<String, String> environment = environment(servicePort);
    // As somebody has it who sets nothing.
    environment.remove("CONTROL_PLANE_DOCUMENT_SECONDS");
    open(new ServiceProcess(environment));
    envoy(servicePort);
    awaitAnswer("/blue", "blue at 127.0.0.1");
    for (int change = 0; change < (PROOF ? 20 : 2); change++) {
      boolean isThere = change % 2 == 1;
      colors.deploy(gatewayPort, isThere ? Map.of("red", red, "blue", blue) : Map.of("red", red));
      long begin = System.nanoTime();
      Await.until(
          "changed", () -> get("/blue").statusCode(), status -> status == (isThere ? 200 : 404));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void aChangedDocumentAndAChangedInstanceReachAnEnvoy() throws Exception {
    ServiceProcess service = service(servicePort);
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");

    instance("red", "127.0.0.2", red);
    colors.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.2"));
    awaitAnswer("/red", "red at 127.0.0.2");
    assertThat(service.metric("control_plane_rejections_total")).isZero();

    colors.deploy(gatewayPort, Map.of("red", red));
    Await.until("gone", () -> get("/blue"), answer -> answer.statusCode() == 404);
    awaitAnswer("/red", "red at 127.0.0.2");
    assertThat(service.metric("control_plane_connected_envoys")).isEqualTo(1);
    assertThat(service.stop()).isEqualTo(143);
  }

  @Test
  void killedAndStartedAgainItSendsWhatDiffersAndRemovesWhatIsGone() throws Exception {
    ServiceProcess first = service(servicePort);
    TestEnvoy envoy = envoy(servicePort);
    awaitAnswer("/blue", "blue at 127.0.0.1");
    awaitAcknowledged(first);
    first.kill();
    assertThat(get("/red").body()).isEqualTo("red at 127.0.0.1");

    // Nothing has changed: it is sent nothing.
    ServiceProcess second = service(servicePort);
    awaitAcknowledged(second);
    assertThat(second.metric("control_plane_responses_total")).isZero();
    second.kill();

    // A node, its cluster and its route are removed while it is away.
    colors.deploy(gatewayPort, Map.of("red", red));
    ServiceProcess third = service(servicePort);
    Await.until("gone", () -> get("/blue"), answer -> answer.statusCode() == 404);
    Await.until(
        "gone",
        envoy::clusters,
        clusters -> clusters.stream().noneMatch(name -> name.contains("blue")));
    assertThat(get("/red").body()).isEqualTo("red at 127.0.0.1");
    // Of what is left, red and its endpoints are as they were: routes are sent, blue is removed.
    Await.until("acknowledged", () -> behindOf(third), behind -> behind == 1);
    assertThat(third.metric("control_plane_resources_total")).isEqualTo(3);
  }

  @Test
  void oneOfTwoIsKilledAndTheOtherGoesOn() throws Exception {
    int otherPort = Ports.free();
    ServiceProcess one = service(servicePort);
    ServiceProcess other = service(otherPort);
    one.awaitReady();
    other.awaitReady();
    envoy(servicePort, otherPort);
    awaitAnswer("/red", "red at 127.0.0.1");
    boolean asksOne = one.metric("control_plane_connected_envoys") == 1;
    (asksOne ? one : other).kill();
    ServiceProcess left = asksOne ? other : one;
    Await.until(
        "connected", () -> left.metric("control_plane_connected_envoys"), count -> count == 1);
    assertThat(left.metric("control_plane_responses_total")).isZero();
    colors.deploy(gatewayPort, Map.of("red", red));
    Await.until("gone", () -> get("/blue"), answer -> answer.statusCode() == 404);
  }

  @Test
  void aRejectedResourceIsNamedAndTheNextDocumentMendsIt() throws Exception {
    ServiceProcess service = service(servicePort);
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    // Where red's instance listens, the gateway cannot.
    colors.deploy(red, Map.of("red", red));
    Await.until(
        "rejected", () -> service.metric("control_plane_rejected_resources"), count -> count == 1);
    ProxiesGolden.same("rejecting", 1, "--admin", service.adminUrl());
    assertThat(service.said())
        .filteredOn(line -> line.contains(" rejects its listener lds_ingress_http_" + red))
        .hasSize(1);
    assertThat(get("/red").body()).isEqualTo("red at 127.0.0.1");

    colors.deploy(gatewayPort, Map.of("red", red));
    Await.until(
        "mended", () -> service.metric("control_plane_rejected_resources"), count -> count == 0);
    Await.until("gone", () -> get("/blue"), answer -> answer.statusCode() == 404);
  }

  @Test
  void aBrokenDocumentChangesNothingAndIsSaidOnceAndOtherMeshesGoOn() throws Exception {
    Colors other = open(new Colors(moto, List.of("red")));
    int otherPort = Ports.free();
    other.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
    other.deploy(otherPort, Map.of("red", red));
    Map<String, String> environment = environment(servicePort);
    environment.put("CONTROL_PLANE_MESHES", colors.parameter() + "," + other.parameter());
    environment.put(LoopbackService.EGRESS_PORTS, LoopbackService.egressPorts(colors, other));
    ServiceProcess service = open(new ServiceProcess(environment));
    open(new TestEnvoy(folder, other.gatewayId(), servicePort));
    Await.until("served", () -> get(otherPort, "/red").body(), "red at 127.0.0.1"::equals);
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");

    Map<String, Breaking> broken = new LinkedHashMap<>();
    broken.put(
        "App Mesh has no 'AWS::AppMesh::Nothing'",
        () -> colors.deploy(template("\"Nothing\": {\"Type\": \"AWS::AppMesh::Nothing\"}")));
    broken.put("is no JSON", () -> colors.point("template: s3://documents/mesh.json"));
    broken.put(
        "its template cannot be read: NoSuchKey",
        () -> colors.point("{\"template\": \"s3://documents/nothing\"}"));
    broken.put(
        "the value of 'Balancer.DNSName'",
        () ->
            colors.deploy(
                template(
                    """
                    "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
                    "Red": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {
                      "MeshName": {"Ref": "MeshName"}, "VirtualNodeName": "red", "Spec": {
                        "Listeners": [{"PortMapping": {"Port": 9080, "Protocol": "http"}}],
                        "ServiceDiscovery": {
                          "DNS": {"Hostname": {"Fn::GetAtt": ["Balancer", "DNSName"]}}}}}}
                    """)));
    broken.put("describes the mesh " + other.name(), () -> colors.point(other.pointer()));
    for (Map.Entry<String, Breaking> one : broken.entrySet()) {
      one.getValue().run();
      Await.until(
          one.getKey(),
          service::said,
          lines -> lines.stream().anyMatch(line -> line.contains(one.getKey())));
      Await.until(
          "counted", () -> service.metric("control_plane_faulty_sources"), count -> count == 1);
      assertThat(get("/red").body()).isEqualTo("red at 127.0.0.1");
    }
    Await.until(
        "read again", () -> service.metric("control_plane_document_age_seconds"), age -> age > 3);
    assertThat(service.said())
        .filteredOn(line -> line.contains("document " + colors.parameter() + ": "))
        .hasSize(broken.size());
    assertThat(get("/blue").body()).isEqualTo("blue at 127.0.0.1");
    assertThat(service.get("/readyz").statusCode()).isEqualTo(200);

    // Nor does one that starts meanwhile: it serves what the parameter has pointed at before.
    colors.point("no JSON");
    service.kill();
    ServiceProcess again = open(new ServiceProcess(environment));
    Await.until(
        "connected", () -> again.metric("control_plane_connected_envoys"), count -> count == 2);
    assertThat(again.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(again.metric("control_plane_faulty_sources")).isEqualTo(1);
    assertThat(again.metric("control_plane_outdated_documents")).isEqualTo(1);
    // The three nodes have no Envoy here.
    Await.until("acknowledged", () -> behindOf(again), behind -> behind == 3);
    assertThat(again.metric("control_plane_responses_total")).isZero();

    // Both meshes go on changing.
    int newPort = Ports.free();
    other.deploy(newPort, Map.of("red", red));
    Await.until("changed", () -> get(newPort, "/red").body(), "red at 127.0.0.1"::equals);
    instance("blue", "127.0.0.2", blue);
    colors.register("blue", "b1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.2"));
    awaitAnswer("/blue", "blue at 127.0.0.2");

    colors.deploy(gatewayPort, Map.of("red", red));
    Await.until("gone", () -> get("/blue"), answer -> answer.statusCode() == 404);
    assertThat(again.metric("control_plane_faulty_sources")).isZero();
    assertThat(again.metric("control_plane_outdated_documents")).isZero();
    assertThat(again.metric("control_plane_refused_total")).isZero();
  }

  @Test
  void oneThatStartsWhileTheDocumentIsBrokenServesTheOneOfBefore() throws Exception {
    colors.deploy(gatewayPort, Map.of("red", red));
    colors.point("{\"template\": \"s3://documents/nothing\"}");
    colors.point("no JSON");
    ServiceProcess service = service(servicePort);
    // An Envoy that has nothing yet.
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    assertThat(get("/blue").statusCode()).isEqualTo(404);
    assertThat(service.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(service.metric("control_plane_faulty_sources")).isEqualTo(1);
    assertThat(service.said())
        .filteredOn(line -> line.contains("document " + colors.parameter() + ": "))
        .satisfiesExactly(
            line -> assertThat(line).contains("is no JSON"),
            line -> assertThat(line).contains("what it was before is served in its place"));
    Await.until(
        "older", () -> service.metric("control_plane_document_age_seconds"), age -> age > 5);

    colors.deploy(gatewayPort, Map.of("red", red, "blue", blue));
    awaitAnswer("/blue", "blue at 127.0.0.1");
    assertThat(service.metric("control_plane_outdated_documents")).isZero();
    assertThat(service.metric("control_plane_faulty_sources")).isZero();
  }

  /** So a deployment that adds a mesh, or an image that cannot read one, ends by itself. */
  @Test
  void oneThatHasNeverHadADocumentOfAMeshIsNotReadyAndServesTheOthers() throws Exception {
    Colors other = open(new Colors(moto, List.of("red")));
    other.point("no JSON");
    Map<String, String> environment = environment(servicePort);
    environment.put("CONTROL_PLANE_MESHES", colors.parameter() + "," + other.parameter());
    ServiceProcess service = open(new ServiceProcess(environment));
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    Await.until(
        "tried",
        service::said,
        lines -> lines.stream().anyMatch(line -> line.contains("nothing that it was before")));
    assertThat(service.get("/readyz").statusCode()).isEqualTo(503);
    assertThat(service.get("/readyz").body())
        .startsWith("document " + other.parameter() + ": ")
        .contains("is no JSON")
        .hasLineCount(1);

    int otherPort = Ports.free();
    open(new TestEnvoy(folder, other.gatewayId(), servicePort));
    service.kill();
    environment.put(LoopbackService.EGRESS_PORTS, LoopbackService.egressPorts(colors, other));
    ServiceProcess again = open(new ServiceProcess(environment));
    other.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
    other.deploy(otherPort, Map.of("red", red));
    again.awaitReady();
    Await.until("served", () -> get(otherPort, "/red").body(), "red at 127.0.0.1"::equals);
  }

  @Test
  void aMeshThatGetsAnotherNameIsServedUnderBothWhileItsEnvoysAreReplaced() throws Exception {
    String name = colors.name() + "-renamed";
    int otherPort = Ports.free();
    Map<String, String> environment = environment(servicePort);
    environment.put(LoopbackService.EGRESS_PORTS, egressPorts + "," + name + "=" + Ports.free());
    ServiceProcess service = open(new ServiceProcess(environment));
    TestEnvoy former = envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    colors.deployAs(name, otherPort, Map.of("red", red));
    open(new TestEnvoy(folder, "mesh/" + name + "/virtualGateway/gateway", servicePort));
    Await.until("served", () -> get(otherPort, "/red").body(), "red at 127.0.0.1"::equals);

    instance("red", "127.0.0.2", red);
    colors.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.2"));
    awaitAnswer("/red", "red at 127.0.0.2");
    Await.until("changed", () -> get(otherPort, "/red").body(), "red at 127.0.0.2"::equals);

    // One that starts under the former name meanwhile is served as well.
    former.close();
    envoy(servicePort);
    awaitAnswer("/blue", "blue at 127.0.0.1");
    assertThat(service.metric("control_plane_faulty_sources")).isZero();
  }

  private static String template(String resources) {
    return """
    {"Parameters": {"MeshName": {"Type": "String"}}, "Resources": {
      "Mesh": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": {"Ref": "MeshName"}}},
      %s}}
    """
        .formatted(resources);
  }

  private interface Breaking {
    void run() throws Exception;
  }

  @Test
  void noRequestFailsWhileAwsIsInABadWay() throws Exception {
    ServiceProcess service = service(servicePort);
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    awaitAcknowledged(service);
    for (Fault fault : Fault.values()) {
      // A call that is not answered takes seconds.
      if (fault == Fault.NONE || fault == Fault.SILENT && !PROOF) {
        continue;
      }
      aws.be(fault);
      if (fault == Fault.S3_AWAY) {
        // Which is asked only for a document that has changed.
        colors.deploy(gatewayPort, Map.of("red", red, "blue", blue));
      }
      // So many answers that there is nothing would be believed.
      int enough = fault == Fault.EMPTY ? 2 * ServiceInstances.EMPTY_ANSWERS + 4 : 1;
      long begin = System.nanoTime();
      while (aws.faults() < enough
          || service.metric("control_plane_faulty_sources") == 0
          || PROOF && System.nanoTime() - begin < Duration.ofSeconds(30).toNanos()) {
        assertThat(get("/red").body()).as("%s", fault).isEqualTo("red at 127.0.0.1");
        assertThat(get("/blue").body()).as("%s", fault).isEqualTo("blue at 127.0.0.1");
        assertThat(System.nanoTime() - begin).isLessThan(Duration.ofMinutes(1).toNanos());
      }
      aws.be(Fault.NONE);
      Await.until(
          "well again", () -> service.metric("control_plane_faulty_sources"), count -> count == 0);
    }
    instance("red", "127.0.0.2", red);
    colors.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.2"));
    awaitAnswer("/red", "red at 127.0.0.2");
  }

  @Test
  void aNodeWithoutAnAddressOfTheWantedFamilyIsNoFault() throws Exception {
    ServiceProcess service = service(servicePort);
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    colors.deploy(gatewayPort, Map.of("red", red), "IPv6_ONLY");
    HttpResponse<String> answer =
        Await.until("gone", () -> get("/red"), response -> response.statusCode() == 503);
    assertThat(answer.body()).isEqualTo("no healthy upstream");
    assertThat(service.metric("control_plane_faulty_sources")).isZero();
    instance("red", "::1", red);
    colors.register("red", "r2", Map.of("AWS_INSTANCE_IPV6", "::1"));
    awaitAnswer("/red", "red at ::1");
  }

  @Test
  void anEnvoyThatStartsWithoutAControlPlaneIsServedWhenOneIsBack() throws Exception {
    TestEnvoy envoy = envoy(servicePort);
    Await.until(
        "tries",
        () -> envoy.statistic("cluster.control_plane.upstream_cx_connect_fail"),
        count -> count > 1);
    assertThat(envoy.admin("/ready")).isEqualTo("PRE_INITIALIZING\n");
    service(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    assertThat(envoy.admin("/ready")).isEqualTo("LIVE\n");
  }

  /** One that is dead is as a task that dies: Cloud Map does not know yet, and another is asked. */
  @Test
  void noRequestFailsWhileAnInstanceIsDeadAndOthersComeAndGo() throws Exception {
    ServiceProcess service = service(servicePort);
    TestEnvoy envoy = envoy(servicePort);
    HttpServer other = instance("red", "127.0.0.2", red);
    colors.register("red", "r2", Map.of("AWS_INSTANCE_IPV4", "127.0.0.2"));
    awaitAnswer("/red", "red at 127.0.0.1");
    awaitAnswer("/red", "red at 127.0.0.2");
    other.stop(0);
    for (int request = 0; request < REQUESTS; request++) {
      assertThat(get("/red").body()).isEqualTo("red at 127.0.0.1");
    }
    assertThat(envoy.admin("/clusters"))
        .containsPattern("red.*127\\.0\\.0\\.2:\\d+::cx_connect_fail::[1-9]");

    double before = service.metric("control_plane_resources_total");
    for (int number = 0; number < INSTANCES; number++) {
      colors.register("red", "more-" + number, Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
      assertThat(get("/red").body()).isEqualTo("red at 127.0.0.1");
    }
    Await.until(
        "told", () -> service.metric("control_plane_resources_total"), count -> count > before);
    for (int number = 0; number < INSTANCES; number++) {
      colors.deregister("red", "more-" + number);
      assertThat(get("/red").body()).isEqualTo("red at 127.0.0.1");
    }
    awaitAcknowledged(service);
    assertThat(service.metric("control_plane_rejections_total")).isZero();
  }

  @Test
  void aServiceScaledToZeroHasNoHostAfterThreeIntervals() throws Exception {
    Map<String, String> environment = environment(servicePort);
    int seconds = PROOF ? 5 : 1;
    if (PROOF) {
      // As somebody has it who sets nothing: five seconds.
      environment.remove("CONTROL_PLANE_INSTANCES_SECONDS");
    }
    open(new ServiceProcess(environment));
    envoy(servicePort);
    awaitAnswer("/red", "red at 127.0.0.1");
    colors.deregister("red", "r1");
    long begin = System.nanoTime();
    HttpResponse<String> answer =
        Await.until("gone", () -> get("/red"), response -> response.statusCode() == 503);
    // Three answers, and the list of instances after the last.
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(took).isGreaterThanOrEqualTo(Duration.ofSeconds(2L * seconds));
    if (PROOF) {
      assertThat(took).isLessThan(Duration.ofSeconds(3L * seconds + 2));
    }
    assertThat(answer.body()).isEqualTo("no healthy upstream");
    assertThat(get("/blue").body()).isEqualTo("blue at 127.0.0.1");
  }

  /** Proxies that are behind: the two nodes have no Envoy here, the gateway has one. */
  private static double behindOf(ServiceProcess service) throws Exception {
    return service.metric("control_plane_behind_proxies");
  }

  /** While the service reads its first document, as few are behind although no Envoy is there. */
  private static void awaitAcknowledged(ServiceProcess service) {
    Await.until(
        "connected", () -> service.metric("control_plane_connected_envoys"), count -> count == 1);
    Await.until("acknowledged", () -> behindOf(service), behind -> behind == 2);
  }

  private ServiceProcess service(int port) throws Exception {
    return open(new ServiceProcess(environment(port)));
  }

  private Map<String, String> environment(int port) {
    Map<String, String> environment =
        new HashMap<>(Moto.environment(aws.endpoint(), Colors.REGION));
    environment.put("CONTROL_PLANE_MESHES", colors.parameter());
    environment.put("CONTROL_PLANE_LISTEN", "127.0.0.1:" + port);
    environment.put("CONTROL_PLANE_ADMIN", "127.0.0.1:0");
    environment.put("CONTROL_PLANE_DOCUMENT_SECONDS", "1");
    environment.put("CONTROL_PLANE_INSTANCES_SECONDS", "1");
    environment.put(LoopbackService.EGRESS_PORTS, egressPorts);
    return environment;
  }

  private TestEnvoy envoy(int... controlPlanes) throws Exception {
    return open(new TestEnvoy(folder, colors.gatewayId(), controlPlanes));
  }

  private HttpServer instance(String color, String address, int port) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), 0);
    byte[] answer = (color + " at " + address).getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.start();
    open(() -> server.stop(0));
    return server;
  }

  private HttpResponse<String> get(String path) throws Exception {
    return get(gatewayPort, path);
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        BodyHandlers.ofString());
  }

  private void awaitAnswer(String path, String body) {
    Await.until(body, () -> get(path).body(), body::equals);
  }

  private <T extends AutoCloseable> T open(T one) {
    opened.add(one);
    return one;
  }
}
