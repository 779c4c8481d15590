package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Moto;
import colorteller.acceptance.Ports;
import colorteller.controlplane.ads.AdsEvents;
import colorteller.controlplane.ads.AdsListening;
import colorteller.controlplane.ads.AdsServer;
import colorteller.controlplane.ads.Identity;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may connect: the service with certificates, real Envoys as they are deployed with theirs. */
class IdentityTest {

  private static final boolean PROOF = Boolean.getBoolean("proof");

  private static Moto moto;

  @TempDir Path folder;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final int port = Ports.free();
  private final TestAuthority authority = new TestAuthority("mesh");
  private Colors colors;
  private String egressPorts;

  IdentityTest() throws Exception {}

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
    colors = new Colors(moto, List.of("red"));
    egressPorts = LoopbackService.egressPorts(colors);
    colors.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
    colors.deploy(Ports.free(), Map.of("red", Ports.free()));
  }

  @AfterEach
  void end() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  @Test
  void aProxyGetsWhatItsCertificateNamesWhateverItClaims() throws Exception {
    ServiceProcess service = service(authority.issue(Identity.CONTROL_PLANE), authority);
    TestEnvoy gateway = envoy(authority.issue(Identity.of(gateway())), "claims nothing");
    Await.until("served", gateway::clusters, names -> names.stream().anyMatch(this::isRed));

    // With another's certificate and the gateway's id: it is who the certificate says.
    TestEnvoy red = envoy(authority.issue(Identity.of(red())), gateway().toString());
    Await.until("served", red::clusters, names -> !names.isEmpty());
    assertThat(red.clusters()).noneMatch(this::isRed);
    assertThat(service.get("/proxies").body()).contains(red().toString());
  }

  @Test
  void whoHasNoGoodCertificateIsRefused() throws Exception {
    ServiceProcess service = service(authority.issue(Identity.CONTROL_PLANE), authority);
    String own = Identity.of(gateway());
    TestEnvoy none = open(new TestEnvoy(folder, gateway().toString(), port));
    TestEnvoy expired =
        envoy(
            authority.issue(own, TestAuthority.keys(), Duration.ofMinutes(-1)),
            gateway().toString());
    TestEnvoy others = envoy(new TestAuthority("mesh").issue(own), gateway().toString());
    TestEnvoy stranger =
        envoy(authority.issue("spiffe://somewhere/mesh/m/virtualNode/n"), gateway().toString());
    TestEnvoy controlPlane = envoy(authority.issue(Identity.CONTROL_PLANE), gateway().toString());
    for (TestEnvoy envoy : List.of(none, expired, others, stranger, controlPlane)) {
      Await.until(
          "refused",
          () ->
              envoy.statistic("cluster_manager.cds.update_failure")
                  + envoy.statistic("cluster.control_plane.upstream_rq_pending_failure_eject")
                  + envoy.statistic("cluster.control_plane.upstream_cx_connect_fail"),
          count -> count > 0);
      assertThat(envoy.clusters()).isEmpty();
    }
    Await.until("counted", () -> service.metric("control_plane_refused_total"), n -> n >= 4);
    assertThat(service.metric("control_plane_connected_envoys")).isZero();
    assertThat(service.said())
        .anyMatch(line -> line.contains("must be one that names a proxy"))
        .anyMatch(line -> line.contains("refused: the certificate of [" + own + "], valid until"))
        .noneMatch(line -> line.contains("PRIVATE KEY"));
  }

  @Test
  void eachWhoIsRefusedIsCountedOnceAndACauseIsSaidOnce() throws Exception {
    ServiceProcess service = service(authority.issue(Identity.CONTROL_PLANE), authority);
    String own = Identity.of(gateway());
    TestAuthority.Issued expired =
        authority.issue(own, TestAuthority.keys(), Duration.ofMinutes(-1));
    TestAuthority.Issued others = new TestAuthority("mesh").issue(own);
    int tries = 5;
    for (int i = 0; i < tries; i++) {
      TlsClient.isSentAway(port, Optional.empty());
      TlsClient.isSentAway(port, Optional.of(expired));
      TlsClient.isSentAway(port, Optional.of(others));
      // Nor does this one show any.
      new Socket("127.0.0.1", port).close();
    }
    Await.until(
        "counted", () -> service.metric("control_plane_refused_total"), n -> n >= 4 * tries);
    // One that is well is no more.
    TestEnvoy envoy = envoy(authority.issue(own), gateway().toString());
    Await.until("served", envoy::clusters, names -> !names.isEmpty());
    envoy.close();
    Await.until("gone", () -> service.metric("control_plane_connected_envoys"), n -> n == 0);
    assertThat(service.metric("control_plane_refused_total")).isEqualTo(4 * tries);
    assertThat(service.said())
        .filteredOn(line -> line.contains("refused: "))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("a connection that shows no certificate"),
            line ->
                assertThat(line)
                    .contains("valid until " + expired.certificate().getNotAfter().toInstant()),
            line ->
                assertThat(line)
                    .contains("valid until " + others.certificate().getNotAfter().toInstant()));
  }

  /** Else ECS would take it for healthy, and end the task that it is to replace. */
  @Test
  void anEnvoyThatIsToldNothingIsNotReady() throws Exception {
    TestEnvoy envoy = envoy(authority.issue(Identity.of(gateway())), gateway().toString());
    Await.until(
        "tries",
        () -> envoy.statistic("cluster.control_plane.upstream_cx_connect_fail"),
        count -> count > 0);
    // Envoy's own limits of this are 15 s for its clusters, then 15 s for its listeners.
    long end = System.nanoTime() + (PROOF ? Duration.ofSeconds(40).toNanos() : 0);
    do {
      assertThat(envoy.admin("/ready")).isEqualTo("PRE_INITIALIZING\n");
    } while (System.nanoTime() < end);
  }

  @Test
  void anEnvoyRefusesAnImpostor() throws Exception {
    // It has a certificate of the same authority: a proxy's.
    Path identity = Files.writeString(folder.resolve("identity.pem"), "");
    write(identity, authority.issue(Identity.of(red())).pem());
    ServiceProcess refusesItself = start(identity, authority.pem());
    Await.until(
        "refused",
        () -> refusesItself.get("/readyz").body(),
        body -> body.contains("does not name the control plane"));
    refusesItself.kill();

    // So the impostor is a server that does not ask itself who it is.
    TestAuthority.Issued proxys = authority.issue(Identity.of(red()));
    try (AdsServer impostor = new AdsServer(AdsEvents.NONE)) {
      impostor.listen(
          AdsListening.withCertificates(
              new InetSocketAddress("127.0.0.1", port),
              TlsServerCredentials.newBuilder()
                  .keyManager(stream(proxys.certificatePem()), stream(proxys.keyPem()))
                  .trustManager(stream(authority.pem()))
                  .clientAuth(ClientAuth.REQUIRE)
                  .build()));
      TestEnvoy envoy = envoy(authority.issue(Identity.of(gateway())), gateway().toString());
      Await.until(
          "refused",
          () -> envoy.statistic("cluster.control_plane.ssl.fail_verify_san"),
          n -> n > 0);
      assertThat(envoy.clusters()).isEmpty();
      assertThat(impostor.status()).isEmpty();
    }

    TestAuthority stranger = new TestAuthority("mesh");
    try (ServiceProcess impostor =
        service(stranger.issue(Identity.CONTROL_PLANE), stranger, authority)) {
      TestEnvoy envoy = envoy(authority.issue(Identity.of(gateway())), gateway().toString());
      Await.until(
          "refused",
          () -> envoy.statistic("cluster.control_plane.ssl.fail_verify_error"),
          n -> n > 0);
      assertThat(envoy.clusters()).isEmpty();
      assertThat(impostor.metric("control_plane_connected_envoys")).isZero();
    }
  }

  @Test
  void aChangeOfTheAuthorityLosesNoStream() throws Exception {
    Path identity = folder.resolve("identity.pem");
    write(identity, authority.issue(Identity.CONTROL_PLANE).pem());
    ServiceProcess service = start(identity, authority.pem());
    service.awaitReady();
    TestEnvoy first = envoy(authority.issue(Identity.of(gateway())), "first");
    Await.until("served", first::clusters, names -> names.stream().anyMatch(this::isRed));

    // Both are trusted, then certificates are renewed, then the old authority goes.
    TestAuthority next = new TestAuthority("next");
    write(trust(), authority.pem() + next.pem());
    TestAuthority both = next;
    TestEnvoy second =
        Await.until(
            "trusted",
            () -> envoy(next.issue(Identity.of(red())), "second", authority.pem() + both.pem()),
            envoy -> isServed(envoy));
    write(identity, next.issue(Identity.CONTROL_PLANE).pem());
    write(trust(), next.pem());
    TestEnvoy third =
        Await.until(
            "renewed",
            () -> envoy(next.issue(Identity.of(red())), "third", next.pem()),
            envoy -> isServed(envoy));
    TestEnvoy old = envoy(authority.issue(Identity.of(red())), "old", next.pem());
    Await.until(
        "refused", () -> old.statistic("cluster.control_plane.upstream_cx_total"), n -> n > 1);
    assertThat(isServed(old)).isFalse();
    // The streams that were open are the ones that they were.
    for (TestEnvoy envoy : List.of(first, second, third)) {
      assertThat(envoy.statistic("control_plane.connected_state")).isEqualTo(1);
      assertThat(envoy.statistic("cluster.control_plane.upstream_cx_total")).isEqualTo(1);
    }
    assertThat(service.metric("control_plane_faulty_sources")).isZero();

    // One that cannot be used changes nothing.
    write(identity, next.issue(Identity.CONTROL_PLANE).keyPem());
    Await.until("seen", () -> service.metric("control_plane_faulty_sources"), n -> n == 1);
    assertThat(service.said())
        .anyMatch(line -> line.contains("has no certificate"))
        .noneMatch(line -> line.contains("PRIVATE KEY"));
    assertThat(isServed(envoy(next.issue(Identity.of(red())), "fourth", next.pem()))).isTrue();
  }

  /** It tries at once, and counts each try that fails. */
  private static boolean isServed(TestEnvoy envoy) throws Exception {
    return Await.until(
            "tried",
            () ->
                envoy.clusters().size() * 1000
                    + envoy.statistic("cluster.control_plane.upstream_cx_connect_fail")
                    + envoy.statistic("cluster.control_plane.ssl.connection_error")
                    + envoy.statistic("cluster_manager.cds.update_failure"),
            count -> count > 0)
        >= 1000;
  }

  private boolean isRed(String cluster) {
    return cluster.startsWith("cds_egress_") && cluster.contains("_red_");
  }

  private ProxyId gateway() {
    return new ProxyId(colors.name(), Kind.VIRTUAL_GATEWAY, "gateway");
  }

  private ProxyId red() {
    return new ProxyId(colors.name(), Kind.VIRTUAL_NODE, "red");
  }

  private ServiceProcess service(TestAuthority.Issued identity, TestAuthority... trusted)
      throws Exception {
    Path file = folder.resolve("identity.pem");
    write(file, identity.pem());
    StringBuilder bundle = new StringBuilder();
    for (TestAuthority one : trusted) {
      bundle.append(one.pem());
    }
    ServiceProcess service = start(file, bundle.toString());
    service.awaitReady();
    return service;
  }

  private Path trust() {
    return folder.resolve("trust.pem");
  }

  private ServiceProcess start(Path identity, String trusted) throws Exception {
    write(trust(), trusted);
    Map<String, String> environment =
        new HashMap<>(Moto.environment(moto.endpoint(), Colors.REGION));
    environment.put("CONTROL_PLANE_MESHES", colors.parameter());
    environment.put("CONTROL_PLANE_LISTEN", "127.0.0.1:" + port);
    environment.put("CONTROL_PLANE_ADMIN", "127.0.0.1:0");
    environment.put("CONTROL_PLANE_IDENTITY", identity.toString());
    environment.put("CONTROL_PLANE_TRUST_BUNDLE", trust().toString());
    environment.put("CONTROL_PLANE_CERTIFICATES_SECONDS", "1");
    environment.put(LoopbackService.EGRESS_PORTS, egressPorts);
    return open(new ServiceProcess(environment));
  }

  /** At once, so that nobody reads half of it. */
  private static void write(Path file, String text) throws Exception {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private TestEnvoy envoy(TestAuthority.Issued own, String nodeId) throws Exception {
    return envoy(own, nodeId, authority.pem());
  }

  /** It has its certificate, its key and whom it trusts where its task definition says. */
  private TestEnvoy envoy(TestAuthority.Issued own, String nodeId, String trusted)
      throws Exception {
    return open(
        new TestEnvoy(
            folder,
            SidecarBootstrap.of(nodeId, port, 0),
            Map.of("ENVOY_IDENTITY", own.pem(), "ENVOY_TRUST_BUNDLE", trusted)));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private <T extends AutoCloseable> T open(T one) {
    opened.add(one);
    return one;
  }
}
