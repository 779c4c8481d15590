package colorteller.local;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import colorteller.acceptance.Command;
import colorteller.controlplane.Names;
import colorteller.mesh.Call;
import colorteller.mesh.Certificate;
import colorteller.mesh.Fault;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.Sender;
import colorteller.mesh.Trust;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.WorkloadsFile;
import colorteller.standin.Seen;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.ManagedChannel;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServerRequest;
import io.grpc.channelz.v1.GetServerResponse;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real Envoys do with what a mesh says: each feature, seen where it takes effect. */
class BehaviourTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int SHARED_REQUESTS = 10_000;
  private static final int SIDE_BY_SIDE = 16;

  private static Scenario scenario;
  private static Session session;
  private static LoopbackNetwork network;
  private static LoopbackClient client;
  private static final LocalAuthority AUTHORITY = new LocalAuthority();

  @TempDir static Path certificates;

  private static Run run;

  @BeforeAll
  static void start() throws IOException {
    LocalAuthority.Issued own = ofSomebodyElse();
    Files.writeString(certificates.resolve("strict.pem"), own.chain());
    Files.writeString(certificates.resolve("strict.key"), own.privateKey());
    Files.writeString(certificates.resolve("authority.pem"), AUTHORITY.certificate());
    Mesh mesh =
        MeshReader.read(
            Template.read(
                Command.root().resolve("test/src/test/resources/behaviour/features.yaml"),
                Map.of("Certificates", certificates.toString())));
    scenario = new Scenario(Optional.empty(), Optional.empty(), mesh, WorkloadsFile.defaults(mesh));
    network = new LoopbackNetwork(Path.of(System.getenv("ENVOY")), mesh, scenario.workloads());
    session = new Session(network, scenario);
    client = new LoopbackClient();
    run = session.switchTo(scenario);
  }

  @AfterAll
  static void end() {
    client.close();
    session.close();
  }

  private static LocalAuthority.Issued ofSomebodyElse() {
    return AUTHORITY.issue("somebody else", List.of("somebody.else"));
  }

  private static VirtualNode node(String name) {
    return Objects.requireNonNull(scenario.mesh().nodes().get(name), name);
  }

  private static Request fromClient(String service, int port, String path, String fault) {
    return from("client", Protocol.HTTP, service, port, path, fault);
  }

  private static Request from(
      String sender, Protocol protocol, String service, int port, String path, String fault) {
    Call call =
        Call.of(protocol, port, service + ".local", path)
            .withHeader(Fault.HEADER, Optional.of(fault).filter(text -> !text.isEmpty()));
    return Request.of(scenario.mesh(), new Sender.Node(node(sender)), call);
  }

  private static Network.Answer send(Request request, String id) throws IOException {
    return network.send(request, IpFamily.IPV4, Optional.of(id));
  }

  private static Network.Answer send(Request request) throws IOException {
    return send(request, UUID.randomUUID().toString());
  }

  /**
   * Every matcher with a hit and a miss, every protocol, and TLS of every mode among them. Whether
   * true certificates fit each other is not known to the expectation: those of "stranger" do not.
   */
  @Test
  void everyPlannedRequestGivesWhatItShould() {
    assertThat(run.routes()).hasSizeGreaterThan(20);
    assertThat(run.routes().stream().filter(route -> !route.matches()))
        .allMatch(
            route ->
                route.from().equals("stranger")
                    && List.of("strict.local", "permissive.local").contains(route.call().host()))
        .hasSize(2);
  }

  /** Envoy draws the targets by a generator of its own, which takes no seed. */
  @Test
  void sharesAreWithinFiveStandardDeviations() throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    try (Pooled pooled = new Pooled()) {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < SHARED_REQUESTS; i++) {
        calls.add(() -> pooled.node("shared.local", network.egressPort(node("client"), 8080)));
      }
      sideBySide(SIDE_BY_SIDE, calls).forEach(name -> counts.merge(name, 1, Integer::sum));
    }
    System.out.println(
        "shares of %d requests (seed: Envoy's own): %s".formatted(SHARED_REQUESTS, counts));
    Map.of("plain", 0.70, "second", 0.25, "third", 0.05)
        .forEach(
            (name, part) ->
                assertThat((double) counts.getOrDefault(name, 0))
                    .as(name)
                    .isCloseTo(
                        SHARED_REQUESTS * part,
                        within(5 * Math.sqrt(SHARED_REQUESTS * part * (1 - part)))));
  }

  @ParameterizedTest
  @CsvSource({
    // path, fault, status, tries
    "/server-error,  'status=500, times=2', 200, 3",
    "/server-error,  status=500,            500, 4",
    "/server-error,  status=404,            404, 1",
    "/gateway-error, 'status=503, times=3', 200, 4",
    "/gateway-error, 'status=500, times=1', 500, 1",
    // Envoy's retriable-4xx is 409 alone.
    "/client-error,  'status=409, times=2', 200, 3",
    "/client-error,  status=409,            409, 4",
    "/client-error,  'status=404, times=1', 404, 1",
    // A stream that the application resets is the node's Envoy's 503 to the client's; see
    // RefusedTest.
    "/stream-error,  'reset, times=1',      503, 1",
    // What App Mesh does where nothing is said.
    "/default,       'status=503, times=2', 200, 3",
    "/default,       status=503,            503, 3",
    "/default,       'status=500, times=1', 500, 1",
    "/default,       'reset, times=1',      200, 2"
  })
  void retries(String path, String fault, int status, int tries) throws Exception {
    String id = UUID.randomUUID().toString();
    assertThat(send(fromClient("retried", 8080, path, fault), id).status()).hasValue(status);
    assertThat(network.attempts(id)).isEqualTo(tries);
  }

  /**
   * A request whose time is up.
   *
   * @param whose Envoy ends it
   * @param flags of that one's access log: SI for an idle stream, UT for a request's limit
   */
  record Late(Request request, String whose, String cluster, String flags) {}

  /** At the client by a route's time-outs, at the node by its listener's. */
  @Test
  void aRequestEndsWhereItsTimeIsUp() throws Exception {
    String delay = "delay=4s";
    long before = statistic("client", egress("plain"), "upstream_rq_timeout");
    Request http2 = from("client", Protocol.HTTP2, "http2", 8082, "/", delay);
    List<Callable<Boolean>> requests = new ArrayList<>();
    for (Late late :
        List.of(
            new Late(fromClient("slow", 8080, "/", delay), "client", egress("plain"), "UT"),
            new Late(fromClient("slow", 8080, "/idle", delay), "client", egress("plain"), "SI"),
            new Late(
                fromClient("permissive", 8444, "/", delay),
                "permissive",
                ingress("permissive"),
                "SI"),
            new Late(http2, "http2", ingress("http2"), "UT"))) {
      requests.add(
          () -> {
            String id = UUID.randomUUID().toString();
            assertThat(send(late.request(), id).status()).as(late.whose()).hasValue(504);
            assertThat(
                    network
                        .envoys()
                        .accessLog(proxy(late.whose()))
                        .await(id, late.cluster()::equals)
                        .flags())
                .as(late.whose())
                .isEqualTo(late.flags());
            return true;
          });
    }
    sideBySide(requests.size(), requests);
    assertThat(statistic("client", egress("plain"), "upstream_rq_timeout")).isEqualTo(before + 1);
  }

  /** At the client by a route's time-out, at the node by its listener's. */
  @Test
  void aConnectionOfTcpEndsWhenItIsIdle() throws Exception {
    String byRoute = "tcp.egress.idle_timeout";
    String byListener = "tcp.ingress.idle_timeout";
    long before = statistic("client", byRoute);
    long beforeThat = statistic("http2", byListener);
    assertThat(sideBySide(2, List.of(() -> untilItEnds(7001), () -> untilItEnds(7000))))
        .containsExactly("http2", "http2");
    assertThat(statistic("client", byRoute)).isEqualTo(before + 1);
    assertThat(statistic("http2", byListener)).isEqualTo(beforeThat + 1);
  }

  /** The node that answered on a connection, once nothing more can come. */
  private static String untilItEnds(int port) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), network.egressPort(node("client"), port))) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.getOutputStream().write('\n');
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer
          .lines()
          .map(Seen::parse)
          .flatMap(Optional::stream)
          .map(Seen::node)
          .collect(joining());
    }
  }

  @Test
  void anInstanceThatFailsIsEjectedForAWhile() throws Exception {
    String active = "outlier_detection.ejections_active";
    for (int error = 1; error <= 3; error++) {
      assertThat(statistic("client", egress("ejected"), active)).as("before %d", error).isZero();
      assertThat(send(fromClient("ejected", 8080, "/", "status=500")).status()).hasValue(500);
    }
    await(() -> statistic("client", egress("ejected"), active) == 1);
    await(() -> statistic("client", egress("ejected"), active) == 0);
    assertThat(send(fromClient("ejected", 8080, "/", "")).status()).hasValue(200);
    assertThat(
            statistic(
                "client",
                egress("ejected"),
                "outlier_detection.ejections_enforced_consecutive_5xx"))
        .isEqualTo(1);
  }

  @Test
  void aFullPoolOverflows() throws Exception {
    List<Callable<Optional<Integer>>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(() -> send(fromClient("pooled", 8080, "/", "delay=700ms")).status());
    }
    List<Optional<Integer>> statuses = sideBySide(calls.size(), calls);
    assertThat(statuses).contains(Optional.of(200), Optional.of(503));
    assertThat(statistic("pooled", ingress("pooled"), "upstream_rq_pending_overflow")).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "/default,        /,             plain.local",
    "/default/a?b=c,  /a?b=c,        plain.local",
    "/prefix/a,       /other/a,      plain.local",
    "/kept/a,         /kept/a,       my.example",
    "/exact?b=c,      /fixed?b=c,    plain.local"
  })
  void whatTheApplicationSeesOfARewrittenRequest(String path, String seen, String host)
      throws Exception {
    VirtualGateway gateway = Objects.requireNonNull(scenario.mesh().gateways().get("gateway"));
    Request request =
        Request.of(
            scenario.mesh(),
            new Sender.Client(gateway, gateway.listener()),
            Call.of(Protocol.HTTP, 8080, "my.example", path));
    Seen application = Seen.parse(send(request).body()).orElseThrow();
    assertThat(application.path()).isEqualTo(seen);
    assertThat(application.host()).isEqualTo(host);
  }

  @Test
  void anAccessLogIsWrittenAsItIsWanted() throws Exception {
    VirtualGateway gateway = Objects.requireNonNull(scenario.mesh().gateways().get("gateway"));
    // The gateway writes the path as it passes it on.
    String path = "/" + UUID.randomUUID();
    send(
        Request.of(
            scenario.mesh(),
            new Sender.Client(gateway, gateway.listener()),
            Call.of(Protocol.HTTP, 8080, "gateway", "/default" + path)));
    Path log =
        Path.of(
            network.placement().file(ProxyId.of(scenario.mesh(), gateway), "/logs/gateway.log"));
    await(
        () ->
            lines(log).stream()
                .anyMatch(
                    line ->
                        line.path("path").asText().equals(path)
                            && line.path("status").asInt() == 200));
  }

  @Test
  void aClientOfGrpc() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", network.egressPort(node("client"), 9000))
            .usePlaintext()
            .proxyDetector(address -> null)
            .overrideAuthority("grpc.local")
            .build();
    try {
      assertThat(
              ChannelzGrpc.newBlockingStub(channel)
                  .getServer(GetServerRequest.newBuilder().setServerId(1).build()))
          .isEqualTo(GetServerResponse.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "grpc.channelz.v1.Channelz/GetServer, 'grpc-status=unavailable, times=1',         0, 2",
    "grpc.channelz.v1.Channelz/GetServer, grpc-status=unavailable,                   14, 3",
    "grpc.channelz.v1.Channelz/GetServer, grpc-status=internal,                      13, 1",
    "all.Events/Any,                      'grpc-status=cancelled, times=1',           0, 2",
    "all.Events/Any,                      'grpc-status=deadline-exceeded, times=1',   0, 2",
    "all.Events/Any,                      'grpc-status=internal, times=1',            0, 2",
    "all.Events/Any,                      'grpc-status=resource-exhausted, times=1',  0, 2",
    "all.Events/Any,                      'grpc-status=unavailable, times=1',        14, 1"
  })
  void retriesOfGrpc(String method, String fault, int status, int tries) throws Exception {
    String id = UUID.randomUUID().toString();
    Request request = from("client", Protocol.GRPC, "grpc", 9000, "/" + method, fault);
    assertThat(send(request, id).grpcStatus()).hasValue(status);
    assertThat(network.attempts(id)).isEqualTo(tries);
  }

  @Test
  void onlyAPermissiveListenerTakesPlainText() throws Exception {
    assertThat(direct("permissive", Optional.empty()).status()).hasValue(200);
    assertThat(direct("permissive", Optional.of(network.certificates().client())).status())
        .hasValue(200);
    assertThat(direct("strict", Optional.of(network.certificates().client())).status())
        .hasValue(200);
    assertThatThrownBy(() -> direct("strict", Optional.empty())).isInstanceOf(IOException.class);
  }

  @Test
  void aMutualListenerTakesCertificatesOfWhomItTrusts() throws Exception {
    assertThat(direct("mutual", Optional.of(network.certificates().client())).status())
        .hasValue(200);
    LocalAuthority.Issued strangers = new LocalAuthority().issue("client", List.of("localhost"));
    assertThatThrownBy(() -> direct("mutual", Optional.of(strangers)))
        .isInstanceOf(IOException.class);
  }

  /**
   * A server's certificate has another name, or comes from somebody whom the client does not trust.
   */
  @ParameterizedTest
  @CsvSource({"strict, 8443, ssl.fail_verify_san", "permissive, 8444, ssl.fail_verify_error"})
  void aServersWrongCertificateIsRefused(String server, int port, String statistic)
      throws Exception {
    assertThat(send(fromClient(server, port, "/", "")).status()).hasValue(200);
    assertThat(statistic("client", egress(server), statistic)).isZero();
    long before = statistic("stranger", egress(server), statistic);
    String id = UUID.randomUUID().toString();
    Request request = from("stranger", Protocol.HTTP, server, port, "/", "");
    assertThat(send(request, id).status()).hasValue(503);
    assertThat(statistic("stranger", egress(server), statistic)).isGreaterThan(before);
    assertThat(
            network
                .envoys()
                .accessLog(proxy("stranger"))
                .await(id, egress(server)::equals)
                .transport())
        .contains("CERTIFICATE_VERIFY_FAILED");
  }

  /** A certificate, its key, and whom a listener trusts: each replaced while the Envoys run. */
  @Test
  void filesOfCertificatesAreReadAgain() throws Exception {
    List<EnvoyProcess> before = network.envoys().of(proxy("strict"));
    Certificate.File file =
        (Certificate.File)
            network
                .certificates()
                .of(node("strict").listener().orElseThrow().tls().orElseThrow().certificate());
    LocalAuthority.Issued next = ofSomebodyElse();
    replace(Path.of(file.privateKey()), next.privateKey());
    replace(Path.of(file.chain()), next.chain());
    X509Certificate expected = first(next.chain());
    await(() -> presented("strict").equals(expected));
    assertThat(send(fromClient("strict", 8443, "/", "")).status()).hasValue(200);

    LocalAuthority other = new LocalAuthority();
    LocalAuthority.Issued stranger = other.issue("client", List.of("localhost"));
    assertThatThrownBy(() -> direct("mutual", Optional.of(stranger)))
        .isInstanceOf(IOException.class);
    Trust.File trusted =
        (Trust.File)
            network
                .certificates()
                .of(
                    node("mutual")
                        .listener()
                        .orElseThrow()
                        .tls()
                        .flatMap(ListenerTls::validation)
                        .orElseThrow()
                        .trust());
    Path authorities = Path.of(trusted.chain());
    String own = Files.readString(authorities);
    replace(authorities, other.certificate());
    await(() -> answers("mutual", stranger));
    replace(authorities, own);
    await(() -> answers("mutual", network.certificates().client()));
    assertThat(answers("mutual", stranger)).isFalse();
    assertThat(network.envoys().of(proxy("strict"))).isEqualTo(before);
  }

  /** As Envoy asks for it: by a move, in one step. */
  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean answers(String node, LocalAuthority.Issued certificate) {
    try {
      return direct(node, Optional.of(certificate)).status().equals(Optional.of(200));
    } catch (IOException e) {
      return false;
    }
  }

  /** The certificate that a node's Envoy shows. */
  private static X509Certificate presented(String name) {
    int port = node(name).listener().orElseThrow().port();
    return Handshake.certificate(network.placement().port(node(name), port));
  }

  private static X509Certificate first(String chain) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(chain.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Asks a node's Envoy itself. */
  private static Network.Answer direct(String name, Optional<LocalAuthority.Issued> certificate)
      throws IOException {
    Listener listener = node(name).listener().orElseThrow();
    return client.send(
        Call.of(Protocol.HTTP, listener.port(), "localhost", "/"),
        IpFamily.IPV4.socketAddress(network.placement().port(node(name), listener.port())),
        certificate,
        Optional.empty());
  }

  private static ProxyId proxy(String node) {
    return ProxyId.of(scenario.mesh(), node(node));
  }

  private static String egress(String node) {
    return Names.egressCluster(scenario.mesh(), node(node));
  }

  private static String ingress(String node) {
    return Names.ingressCluster(scenario.mesh(), node(node), node(node).listener().orElseThrow());
  }

  private static long statistic(String node, String cluster, String name) {
    return statistic(node, "cluster.%s.%s".formatted(cluster, name));
  }

  private static long statistic(String node, String name) {
    String regex = "^" + Pattern.quote(name) + "$";
    return network.envoys().of(proxy(node)).stream()
        .flatMap(envoy -> envoy.statistics(regex).values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static List<JsonNode> lines(Path log) {
    List<JsonNode> lines = new ArrayList<>();
    try {
      for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
        lines.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return lines;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
      Pause.briefly();
    }
  }

  private static <T> List<T> sideBySide(int threads, List<Callable<T>> calls) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : executor.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  /** A client that keeps its connections. */
  private static final class Pooled implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final HttpClientAgent agent =
        vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(SIDE_BY_SIDE));

    /** The node that answers a virtual service's request. */
    String node(String service, int port) throws Exception {
      return agent
          .request(
              new RequestOptions()
                  .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
                  .setHost(service)
                  .setPort(port)
                  .setMethod(HttpMethod.GET)
                  .setURI("/"))
          .compose(request -> request.authority(HostAndPort.create(service, -1)).send())
          .compose(response -> response.body())
          .map(body -> Seen.parse(body.toString()).orElseThrow().node())
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    }

    @Override
    public void close() {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
