package colorteller.meshservice;

import colorteller.acceptance.Command;
import colorteller.acceptance.Ports;
import colorteller.controlplane.Instance;
import colorteller.controlplane.WithoutRedirection;
import colorteller.controlplane.ads.AdsEvents;
import colorteller.controlplane.ads.AdsListening;
import colorteller.controlplane.ads.AdsServer;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One control plane, and thousands of streams with mutual TLS. Every ten nodes have one among them
 * as backend. Prints one line of JSON; {@code test/benchmarks/control-plane} starts it.
 */
final class ControlPlaneBenchmark {

  private static final int ROUNDS = 10;

  /**
   * Rounds come first that do not count, until Java has compiled what they do, as it has in a
   * service that runs for weeks: until its compilers have taken less than this share of the time
   * for some rounds. What the first change takes is told apart.
   */
  private static final double COMPILING = 0.02;

  private static final int WARM_UP_ROUNDS = 10;
  private static final double WARM_UP_LIMIT_SECONDS = 120;
  private static final int INSTANCES_WARM_UP = 500;
  private static final int INSTANCES = 200;
  private static final int TOGETHER = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static final CompilationMXBean COMPILERS = ManagementFactory.getCompilationMXBean();

  private final int count;
  private volatile Acknowledgements acknowledged = new Acknowledgements(0);
  private final AdsServer ads;
  private final ControlPlane controlPlane;

  private ControlPlaneBenchmark(int count) {
    this.count = count;
    ads =
        new AdsServer(
            new AdsEvents() {
              @Override
              public void acknowledged(ProxyId proxy, Duration after) {
                acknowledged.add();
              }
            });
    controlPlane = new ControlPlane(ads, WithoutRedirection::new, Clock.systemUTC());
  }

  /** Argument: the number of proxies. */
  public static void main(String[] arguments) throws Exception {
    System.out.println(new ControlPlaneBenchmark(Integer.parseInt(arguments[0])).run());
    System.exit(0);
  }

  private ObjectNode run() throws Exception {
    long begin = System.nanoTime();
    Mesh[] stages = {mesh("IPv4_PREFERRED"), mesh("IPv6_ONLY")};
    double readSeconds = seconds(begin) / 2;
    int port = Ports.free();
    Process envoys =
        new ProcessBuilder(
                inCgroup(
                    System.getenv("BENCHMARK_OUTSIDE"),
                    Command.java(
                        System.getProperty("java.class.path"),
                        "-Xmx3g",
                        BenchmarkEnvoys.class.getName(),
                        Integer.toString(port),
                        Integer.toString(count))))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = envoys.inputReader();
        PrintWriter tell = new PrintWriter(envoys.outputWriter(), true)) {
      Path folder = Files.createTempDirectory("benchmark");
      String all = said.readLine().replace("|", "\n");
      Path pem = Files.writeString(folder.resolve("identity"), all);
      Path trust =
          Files.writeString(folder.resolve("trust"), all.substring(all.lastIndexOf("-----BEGIN")));
      Certificates certificates =
          new Certificates(
              new PemSource(pem.toString(), null),
              new PemSource(trust.toString(), null),
              why -> {},
              Clock.systemUTC());
      certificates.read();
      Files.delete(pem);
      Files.delete(trust);
      Files.delete(folder);
      controlPlane.accept(stages[0]);
      for (CloudMap service : controlPlane.services()) {
        controlPlane.accept(service, List.of(instance(0)));
      }
      ads.listen(
          AdsListening.withCertificates(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              certificates.credentials()));
      acknowledged = new Acknowledgements(count);
      begin = System.nanoTime();
      tell.println("go");
      awaitAcknowledged();
      double connectSeconds = seconds(begin);

      double firstStage = 0;
      List<Double> stage = new ArrayList<>();
      double cpu = 0;
      double simulator = 0;
      int next = 1;
      int quiet = 0;
      for (long start = System.nanoTime();
          quiet < WARM_UP_ROUNDS && seconds(start) < WARM_UP_LIMIT_SECONDS;
          next++) {
        long compiled = COMPILERS.getTotalCompilationTime();
        begin = change(stages[next % 2]);
        double took = seconds(begin);
        double compiling = (COMPILERS.getTotalCompilationTime() - compiled) / 1e3;
        quiet = compiling < COMPILING * took ? quiet + 1 : 0;
        if (next == 1) {
          firstStage = took;
        }
      }
      for (int round = 1; round <= ROUNDS; round++, next++) {
        long cpuBefore = SYSTEM.getProcessCpuTime();
        double simulatorBefore = cpuOf(said, tell);
        begin = change(stages[next % 2]);
        stage.addAll(acknowledged.since(begin));
        cpu += (SYSTEM.getProcessCpuTime() - cpuBefore) / 1e9;
        simulator += cpuOf(said, tell) - simulatorBefore;
      }
      List<Double> instance = new ArrayList<>();
      List<CloudMap> services = backends();
      for (int round = 1; round <= INSTANCES_WARM_UP + INSTANCES; round++) {
        acknowledged = new Acknowledgements(TOGETHER);
        begin = System.nanoTime();
        controlPlane.accept(services.get(round * 7 % services.size()), List.of(instance(round)));
        awaitAcknowledged();
        if (round > INSTANCES_WARM_UP) {
          instance.addAll(acknowledged.since(begin));
        }
      }
      System.gc();
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      long resident = resident("self");
      acknowledged = new Acknowledgements(count);
      begin = System.nanoTime();
      tell.println("reconnect");
      awaitAcknowledged();
      double reconnectSeconds = seconds(begin);
      return JSON.createObjectNode()
          .put("proxies", count)
          .put("stageP50Seconds", percentile(stage, 0.5))
          .put("stageP99Seconds", percentile(stage, 0.99))
          .put("instanceP50Seconds", percentile(instance, 0.5))
          .put("instanceP99Seconds", percentile(instance, 0.99))
          .put("heapMegabytes", Math.round(heap / 1e6))
          .put("cpuSeconds", round(cpu / ROUNDS))
          .put("simulatorCpuSeconds", round(simulator / ROUNDS))
          .put("residentMegabytes", resident)
          .put("readSeconds", round(readSeconds))
          .put("firstStageSeconds", round(firstStage))
          .put("connectSeconds", round(connectSeconds))
          .put("reconnectSeconds", round(reconnectSeconds));
    } finally {
      envoys.destroyForcibly().onExit().join();
    }
  }

  /** Changes the stage, and waits until all have acknowledged it; gives when it began. */
  private long change(Mesh stage) throws InterruptedException {
    acknowledged = new Acknowledgements(count);
    long begin = System.nanoTime();
    controlPlane.accept(stage);
    awaitAcknowledged();
    return begin;
  }

  /**
   * A command that first moves itself elsewhere.
   *
   * @param groups the control groups' files {@code cgroup.procs}, with colons between; null for
   *     where this runs
   */
  static List<String> inCgroup(@Nullable String groups, List<String> command) {
    if (groups == null) {
      return command;
    }
    List<String> moved =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                "for group in ${0//:/ }; do echo $$ > $group; done; exec \"$@\"",
                groups));
    moved.addAll(command);
    return moved;
  }

  private static double cpuOf(BufferedReader said, PrintWriter tell) throws Exception {
    tell.println("cpu");
    return Long.parseLong(said.readLine()) / 1e3;
  }

  /** In MB, of a process. */
  static long resident(String pid) throws Exception {
    return Files.readAllLines(Path.of("/proc", pid, "status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1000)
        .findFirst()
        .orElse(0);
  }

  private void awaitAcknowledged() throws InterruptedException {
    if (!acknowledged.left.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "%d have not acknowledged, %d are behind"
              .formatted(acknowledged.left.getCount(), ads.behind()));
    }
    if (!ads.awaitAcknowledged(LIMIT).isEmpty()) {
      throw new IllegalStateException("%d are behind".formatted(ads.behind()));
    }
  }

  /** When each proxy has acknowledged. */
  private static final class Acknowledgements {

    private final Queue<Long> at = new ConcurrentLinkedQueue<>();
    private final CountDownLatch left;

    Acknowledgements(int expected) {
      left = new CountDownLatch(expected);
    }

    void add() {
      at.add(System.nanoTime());
      left.countDown();
    }

    List<Double> since(long begin) {
      return at.stream().map(time -> (time - begin) / 1e9).toList();
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static double percentile(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
    return round(sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * share))]);
  }

  private static double round(double seconds) {
    return Math.round(seconds * 10_000) / 10_000.0;
  }

  /** No two have an address in common: the same one again would be no change. */
  private static Instance instance(int number) {
    return new Instance(
        Map.of(
            IpFamily.IPV4,
            "10.0.%d.%d".formatted(number / 256, number % 256),
            IpFamily.IPV6,
            "2001:db8::" + Integer.toHexString(1 + number)));
  }

  /** The services of those nodes that are a backend of others. */
  private List<CloudMap> backends() {
    return controlPlane.services().stream()
        .filter(service -> Integer.parseInt(service.serviceName().substring(1)) % TOGETHER == 0)
        .toList();
  }

  /** The routes of each proxy. */
  static List<String> routes() {
    return List.of("rds_ingress_http_9080", "rds_egress_http_9080");
  }

  private Mesh mesh(String preference) throws Exception {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode resources = root.putObject("Resources");
    add(
        resources,
        "Mesh",
        "Mesh",
        "{\"Spec\": {\"ServiceDiscovery\": {\"IpPreference\": \"%s\"}}}".formatted(preference));
    for (int i = 0; i < count; i++) {
      int backend = i / TOGETHER * TOGETHER;
      add(
          resources,
          "N" + i,
          "VirtualNode",
          """
          {"VirtualNodeName": "n%d", "Spec": {
            "Listeners": [{"PortMapping": {"Port": 9080, "Protocol": "http"}}],
            "Backends": [{"VirtualService": {"VirtualServiceName": "s%d"}}],
            "ServiceDiscovery": {"AWSCloudMap": {"NamespaceName": "test", "ServiceName": "n%d"}}}}
          """
              .formatted(i, backend, i));
      if (i == backend) {
        add(
            resources,
            "S" + i,
            "VirtualService",
            """
            {"VirtualServiceName": "s%d",
             "Spec": {"Provider": {"VirtualNode": {"VirtualNodeName": "n%d"}}}}
            """
                .formatted(i, i));
      }
    }
    return MeshReader.read(Template.of("benchmark.json", root.toString(), Map.of(), Map.of()));
  }

  private static void add(ObjectNode resources, String id, String type, String properties)
      throws Exception {
    ObjectNode read = (ObjectNode) JSON.readTree(properties);
    read.put("MeshName", "benchmark");
    resources.putObject(id).put("Type", "AWS::AppMesh::" + type).set("Properties", read);
  }
}
