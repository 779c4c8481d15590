package colorteller.meshservice;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.ServiceDiscovery.CloudMap;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;

/**
 * How many Cloud Map services are asked at a time, and what becomes of one that does not answer.
 */
class InstancesTest {

  private static final long LIMIT_SECONDS = 10;
  private static final int LEAVE = 100;

  private final ExecutorService threads = Executors.newFixedThreadPool(Instances.AT_ONCE);
  private final Semaphore done = new Semaphore(0);
  private final CloudMapStub cloudMap = new CloudMapStub();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final List<String> gone = new ArrayList<>();

  @AfterEach
  void end() {
    cloudMap.goOn.release(LEAVE);
    threads.shutdown();
  }

  @Test
  void oneThatDoesNotAnswerHoldsUpNoOtherAndIsAskedOnce() throws Exception {
    cloudMap.silent = Set.of("s0");
    Instances instances = instances(3);
    for (int round = 1; round <= 3; round++) {
      cloudMap.number.set(round);
      instances.read();
      assertThat(Set.of(next(), next())).containsExactlyInAnyOrder("s1", "s2");
      assertThat(done.tryAcquire(2, LIMIT_SECONDS, SECONDS)).isTrue();
    }
    assertThat(cloudMap.asked.stream().filter("s0"::equals)).hasSize(1);
    cloudMap.goOn.release();
    assertThat(next()).isEqualTo("s0");
  }

  @Test
  void asManyAreAskedAtATimeAndNoMore() throws Exception {
    int services = 3 * Instances.AT_ONCE;
    cloudMap.silent = names(services);
    instances(services).read();
    for (int answered = 0; answered < services; answered++) {
      // All that may be are being asked, and the others wait.
      int begun = Math.min(answered + Instances.AT_ONCE, services);
      assertThat(cloudMap.begun.tryAcquire(begun, LIMIT_SECONDS, SECONDS)).isTrue();
      assertThat(cloudMap.begun.tryAcquire()).isFalse();
      cloudMap.begun.release(begun);
      cloudMap.goOn.release();
      next();
    }
  }

  @Test
  void oneThatHasFailedIsAskedAgain() throws Exception {
    Instances instances = instances(1);
    cloudMap.fault = new IllegalStateException("whatever it is");
    instances.read();
    assertThat(done.tryAcquire(LIMIT_SECONDS, SECONDS)).isTrue();
    assertThat(instances.sources().get(0).fault()).get().asString().contains("whatever it is");
    assertThat(told).isEmpty();
    cloudMap.fault = null;
    instances.read();
    assertThat(next()).isEqualTo("s0");
  }

  @Test
  void oneThatIsNamedNoMoreIsToldAnewWhenItIsNamedAgain() throws Exception {
    AtomicReference<Set<CloudMap>> named = new AtomicReference<>(Set.of(service("s0")));
    Instances instances = instances(named::get);
    instances.read();
    assertThat(next()).isEqualTo("s0");
    assertThat(gone).isEmpty();
    named.set(Set.of());
    instances.read();
    assertThat(gone).containsExactly("s0");
    named.set(Set.of(service("s0")));
    instances.read();
    assertThat(next()).isEqualTo("s0");
  }

  private Instances instances(int services) {
    Set<CloudMap> named =
        names(services).stream().map(InstancesTest::service).collect(Collectors.toSet());
    return instances(() -> named);
  }

  private Instances instances(Supplier<Set<CloudMap>> named) {
    return new Instances(
        named,
        cloudMap,
        (service, instances) -> told.add(service.serviceName()),
        service -> gone.add(service.serviceName()),
        task ->
            threads.execute(
                () -> {
                  task.run();
                  done.release();
                }),
        Clock.systemUTC());
  }

  private static CloudMap service(String name) {
    return new CloudMap("example.local", name, Map.of());
  }

  private static Set<String> names(int services) {
    return IntStream.range(0, services).mapToObj(i -> "s" + i).collect(Collectors.toSet());
  }

  private String next() throws InterruptedException {
    String service = told.poll(LIMIT_SECONDS, SECONDS);
    assertThat(service).isNotNull();
    return service;
  }

  /** Answers for those that are silent when it is told to go on, for one each time. */
  private static final class CloudMapStub implements ServiceDiscoveryClient {

    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore goOn = new Semaphore(0);
    private final AtomicInteger number = new AtomicInteger(1);
    private volatile Set<String> silent = Set.of();
    private volatile RuntimeException fault;

    @Override
    public DiscoverInstancesResponse discoverInstances(DiscoverInstancesRequest request) {
      asked.add(request.serviceName());
      begun.release();
      if (silent.contains(request.serviceName())) {
        goOn.acquireUninterruptibly();
      }
      if (fault != null) {
        throw fault;
      }
      return DiscoverInstancesResponse.builder()
          .instances(
              HttpInstanceSummary.builder()
                  .instanceId("i")
                  .attributes(Map.of("AWS_INSTANCE_IPV4", "192.0.2." + number.get()))
                  .build())
          .build();
    }

    @Override
    public String serviceName() {
      return "servicediscovery";
    }

    @Override
    public void close() {}
  }
}
