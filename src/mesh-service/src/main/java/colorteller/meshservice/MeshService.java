package colorteller.meshservice;

import colorteller.controlplane.Placement;
import colorteller.controlplane.ads.AdsListening;
import colorteller.controlplane.ads.AdsServer;
import colorteller.controlplane.ads.ProxyStatus;
import colorteller.mesh.Mesh;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * The service: reads its sources in turn, and serves the Envoys of every mesh that has had a good
 * document. Others are sent away: they ask another task, or keep what they have.
 */
public final class MeshService implements AutoCloseable, AdminServer.Asked {

  private static final Logger LOG = System.getLogger(MeshService.class.getName());

  private static final Duration LOOK_WHETHER_IT_CAN_SERVE = Duration.ofSeconds(1);

  /** At its end, so long it takes to send its Envoys to other tasks. */
  private static final Duration DRAIN = Duration.ofSeconds(3);

  /** Certificates, documents, instances, whether it can serve, metrics. */
  private static final int ROUNDS = 5;

  private final Settings settings;
  private final Clock clock;
  private final Metrics metrics;
  private final EmbeddedMetrics embedded;
  private final ControlPlane controlPlane;
  private final AdsServer ads;
  private final Optional<Certificates> certificates;
  private final Documents documents;
  private final Instances instances;
  private final AdminServer admin;
  // Held until what was measured is written: a series is missing while it is set anew.
  private final Object measuring = new Object();
  private final Rounds rounds;
  private final ExecutorService asking =
      Executors.newFixedThreadPool(Instances.AT_ONCE, DaemonThreads.named("cloud-map"));
  private volatile @Nullable String cannotListen;
  private volatile boolean serves;
  private volatile boolean ends;

  /**
   * Starts.
   *
   * @param placements where the Envoys and applications of a mesh are
   * @param out where CloudWatch's metrics go
   * @throws IOException if the admin address cannot be bound
   */
  public MeshService(
      Settings settings, Function<Mesh, Placement> placements, PrintStream out, Clock clock)
      throws IOException {
    this.settings = settings;
    this.clock = clock;
    rounds = new Rounds(ROUNDS, clock);
    metrics = new Metrics(clock);
    embedded = new EmbeddedMetrics(settings.name(), metrics, out);
    ads = new AdsServer(metrics, this::knows);
    controlPlane = new ControlPlane(ads, placements, clock);
    SdkHttpClient http = UrlConnectionHttpClient.create();
    SsmClient ssm = Aws.client(SsmClient.builder(), http);
    certificates =
        settings
            .identity()
            .map(
                identity ->
                    new Certificates(
                        new PemSource(identity, ssm),
                        new PemSource(settings.trustBundle().orElseThrow(), ssm),
                        metrics::refusedCertificate,
                        clock));
    documents =
        new Documents(
            settings.meshes(),
            ssm,
            Aws.client(S3Client.builder().forcePathStyle(Aws.IS_ELSEWHERE), http),
            controlPlane::accept,
            controlPlane::retire,
            clock);
    instances =
        new Instances(
            controlPlane::services,
            Aws.client(ServiceDiscoveryClient.builder(), http),
            controlPlane::accept,
            controlPlane::forget,
            asking,
            clock);
    admin = new AdminServer(settings.admin(), this);
    certificates.ifPresent(
        of -> rounds.every("certificates", settings.certificatesInterval(), of::read));
    rounds.every("documents", settings.documentInterval(), documents::read);
    rounds.every("instances", settings.instancesInterval(), this::readInstances);
    rounds.every("listening", LOOK_WHETHER_IT_CAN_SERVE, this::listenWhenItCan);
    if (!settings.metricsInterval().isZero()) {
      rounds.every("metrics", settings.metricsInterval(), this::writeEmbedded);
    }
  }

  private void readInstances() {
    controlPlane.forgetFormer();
    instances.read();
  }

  /** One document does: an Envoy of another mesh is sent away until that has one. */
  private synchronized void listenWhenItCan() {
    if (serves
        || ends
        || ownCertificates().anyMatch(source -> source.lastSuccess().isEmpty())
        || documents.all().stream().allMatch(document -> document.mesh().isEmpty())) {
      return;
    }
    try {
      ads.listen(
          certificates
              .map(own -> AdsListening.withCertificates(settings.listen(), own.credentials()))
              .orElseGet(() -> AdsListening.onThisMachine(settings.listen())));
      serves = true;
      LOG.log(Level.INFO, "serves at {0}", ads.address());
    } catch (IOException e) {
      String why = "cannot listen at %s: %s".formatted(settings.listen(), e.getMessage());
      if (!why.equals(cannotListen)) {
        LOG.log(Level.ERROR, why);
        cannotListen = why;
      }
    }
  }

  private Stream<Source> ownCertificates() {
    return certificates.map(Certificates::sources).orElse(List.of()).stream();
  }

  private boolean knows(String mesh) {
    return controlPlane.knows(mesh);
  }

  private Stream<Source> sources() {
    return Stream.of(
            ownCertificates(),
            documents.all().stream().map(Document::source),
            instances.sources().stream(),
            rounds.sources())
        .flatMap(some -> some);
  }

  /** Where Envoys connect; empty as long as nobody can. */
  public Optional<SocketAddress> address() {
    return serves ? Optional.of(ads.address()) : Optional.empty();
  }

  /** Where it can be asked how it is. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  @Override
  public List<String> lacks() {
    if (ends) {
      return List.of("it ends");
    }
    // Every mesh has to have had a document: a deployment after which one had none would not end
    // well. One whose mesh has moved to another document makes no task worse that was ready.
    Stream<Source> unread =
        Stream.concat(
            ownCertificates().filter(source -> source.lastSuccess().isEmpty()),
            documents.withoutAny().map(Document::source));
    Stream<String> listening =
        serves
            ? Stream.of()
            : Stream.of(Objects.requireNonNullElse(cannotListen, "does not listen yet"));
    return Stream.concat(
            unread.map(source -> source.name() + ": " + source.fault().orElse("not read yet")),
            listening)
        .toList();
  }

  @Override
  public void metrics(OutputStream out) throws IOException {
    synchronized (measuring) {
      measure();
      metrics.write(out);
    }
  }

  private void writeEmbedded() {
    synchronized (measuring) {
      measure();
      embedded.write(clock.instant());
    }
  }

  /** Sets what nobody counts. */
  private void measure() {
    metrics.behind.set(ads.behind());
    metrics.unacknowledged.set(seconds(ads.unacknowledged()));
    metrics.rejecting.set((double) ads.rejected());
    metrics.faulty.set((double) sources().filter(source -> source.fault().isPresent()).count());
    metrics.documentAge.clear();
    documents
        .all()
        .forEach(
            document ->
                metrics
                    .documentAge
                    .labelValues(document.name())
                    .set(seconds(document.source().sinceSuccess())));
    metrics.outdated.set((double) documents.all().stream().filter(Document::isOutdated).count());
    metrics.sourceAge.clear();
    sources()
        .forEach(
            source ->
                metrics.sourceAge.labelValues(source.name()).set(seconds(source.sinceSuccess())));
    certificates
        .flatMap(Certificates::notAfter)
        .ifPresent(end -> metrics.certificate.set(seconds(Duration.between(clock.instant(), end))));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  @Override
  public String proxies() {
    return ProxyStatus.json(ads.status(), clock.instant());
  }

  /** Sends the Envoys elsewhere, and ends. They keep what they have. */
  @Override
  public void close() {
    synchronized (this) {
      ends = true;
    }
    ads.close(DRAIN);
    rounds.close();
    asking.shutdownNow();
    if (!settings.metricsInterval().isZero()) {
      writeEmbedded();
    }
    admin.close();
  }
}
