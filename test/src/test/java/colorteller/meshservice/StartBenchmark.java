package colorteller.meshservice;

import colorteller.acceptance.Command;
import colorteller.acceptance.Moto;
import colorteller.acceptance.Ports;
import colorteller.controlplane.ads.Identity;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long the service takes to start, and what it uses while nothing happens: as its image starts
 * it, with moto's AWS and a mesh of six nodes. Prints one line of JSON. Arguments: Java's options.
 */
final class StartBenchmark {

  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();

  private StartBenchmark() {}

  public static void main(String[] options) throws Exception {
    Path folder = Files.createTempDirectory("benchmark");
    try (Moto moto = new Moto()) {
      List<String> names = List.of("red", "orange", "yellow", "green", "blue", "purple");
      Colors colors = new Colors(moto, names);
      Map<String, Integer> nodes = new LinkedHashMap<>();
      for (String name : names) {
        nodes.put(name, 9080);
        colors.register(name, name, Map.of("AWS_INSTANCE_IPV4", "192.0.2.1"));
      }
      colors.deploy(9080, nodes);
      TestAuthority authority = new TestAuthority("benchmark");
      int admin = Ports.free();
      Path identity =
          Files.writeString(
              folder.resolve("identity"), authority.issue(Identity.CONTROL_PLANE).pem());
      Path trust = Files.writeString(folder.resolve("trust"), authority.pem());

      List<String> java = new ArrayList<>(List.of("java"));
      java.addAll(List.of(options));
      java.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
      ProcessBuilder builder =
          new ProcessBuilder(
                  ControlPlaneBenchmark.inCgroup(System.getenv("BENCHMARK_INSIDE"), java))
              .directory(Command.root().toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(Moto.environment(moto.endpoint(), Colors.REGION));
      builder.environment().put("CONTROL_PLANE_MESHES", colors.parameter());
      builder.environment().put("CONTROL_PLANE_LISTEN", "127.0.0.1:" + Ports.free());
      builder.environment().put("CONTROL_PLANE_ADMIN", "127.0.0.1:" + admin);
      builder.environment().put("CONTROL_PLANE_IDENTITY", identity.toString());
      builder.environment().put("CONTROL_PLANE_TRUST_BUNDLE", trust.toString());
      builder.environment().values().removeIf(String::isEmpty);
      long begin = System.nanoTime();
      Process service = builder.start();
      try {
        HttpRequest ready =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/readyz")).build();
        Await.until(
            "ready",
            () -> HTTP.send(ready, BodyHandlers.ofString()).statusCode(),
            status -> status == 200);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpu = cpu(service);
        long resident = ControlPlaneBenchmark.resident(Long.toString(service.pid()));
        // What it does in a minute in which nothing changes is what is measured.
        Thread.sleep(IDLE.toMillis());
        double idle = (cpu(service) - cpu) / IDLE.toSeconds();
        System.out.println(
            new ObjectMapper()
                .createObjectNode()
                .put("startSeconds", seconds)
                .put("startCpuSeconds", cpu)
                .put("startResidentMegabytes", resident)
                .put("idleCpu", idle)
                .put(
                    "idleResidentMegabytes",
                    ControlPlaneBenchmark.resident(Long.toString(service.pid()))));
      } finally {
        service.destroyForcibly().onExit().join();
      }
    } finally {
      Files.delete(folder.resolve("identity"));
      Files.delete(folder.resolve("trust"));
      Files.delete(folder);
    }
    System.exit(0);
  }

  private static double cpu(Process service) {
    return service.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }
}
