package colorteller.meshservice;

import colorteller.acceptance.Command;
import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Instance;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One control plane, and thousands of streams with mutual TLS. Every ten nodes have one among them
 * as backend. Prints one line of JSON; {@code test/benchmarks/control-plane} starts it.
 */
final class ControlPlaneBenchmark {

  private static final int WARM_UP = 5;
  private static final int ROUNDS = 10;
  private static final int TOGETHER = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final int count;
  private final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final AdsServer ads;
  private final ControlPlane controlPlane;

  private ControlPlaneBenchmark(int count) {
    this.count = count;
    ads =
        new AdsServer(
            new AdsEvents() {
              @Override
              public void acknowledged(ProxyId proxy, Duration after) {
                acknowledged.add(System.nanoTime());
              }
            });
    controlPlane = new ControlPlane(ads, new AwsTask());
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
                Command.java(
                    System.getProperty("java.class.path"),
                    "-Xmx3g",
                    BenchmarkEnvoys.class.getName(),
                    Integer.toString(port),
                    Integer.toString(count)))
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
      begin = System.nanoTime();
      tell.println("go");
      awaitAcknowledged(count);
      double connectSeconds = seconds(begin);

      List<Double> stage = new ArrayList<>();
      double cpu = 0;
      double simulator = 0;
      for (int round = 1; round <= WARM_UP + ROUNDS; round++) {
        acknowledged.clear();
        long cpuBefore = SYSTEM.getProcessCpuTime();
        double simulatorBefore = cpuOf(said, tell);
        begin = System.nanoTime();
        controlPlane.accept(stages[round % 2]);
        awaitAcknowledged(count);
        if (round > WARM_UP) {
          for (long at : acknowledged) {
            stage.add((at - begin) / 1e9);
          }
          cpu += (SYSTEM.getProcessCpuTime() - cpuBefore) / 1e9;
          simulator += cpuOf(said, tell) - simulatorBefore;
        }
      }
      List<Double> instance = new ArrayList<>();
      List<CloudMap> services = backends();
      for (int round = 1; round <= 20 * (WARM_UP + ROUNDS); round++) {
        acknowledged.clear();
        begin = System.nanoTime();
        controlPlane.accept(services.get(round * 7 % services.size()), List.of(instance(round)));
        awaitAcknowledged(TOGETHER);
        if (round > 20 * WARM_UP) {
          for (long at : acknowledged) {
            instance.add((at - begin) / 1e9);
          }
        }
      }
      System.gc();
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      long resident = resident();
      acknowledged.clear();
      begin = System.nanoTime();
      tell.println("reconnect");
      awaitAcknowledged(count);
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
          .put("connectSeconds", round(connectSeconds))
          .put("reconnectSeconds", round(reconnectSeconds));
    } finally {
      envoys.destroyForcibly().onExit().join();
    }
  }

  private static double cpuOf(BufferedReader said, PrintWriter tell) throws Exception {
    tell.println("cpu");
    return Long.parseLong(said.readLine()) / 1e3;
  }

  private static long resident() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1000)
        .findFirst()
        .orElse(0);
  }

  private void awaitAcknowledged(int expected) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (acknowledged.size() < expected || ads.behind() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%d of %d have acknowledged, %d are behind"
                .formatted(acknowledged.size(), expected, ads.behind()));
      }
      Thread.sleep(1);
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

  private static Instance instance(int number) {
    return new Instance(
        Map.of(
            IpFamily.IPV4, "192.0.2." + (1 + number % 250),
            IpFamily.IPV6, "2001:db8::" + Integer.toHexString(1 + number)));
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
