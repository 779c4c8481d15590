package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The control plane, in a process of its own. */
final class ServiceProcess implements AutoCloseable {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();

  private final Process process;
  private final int admin;
  private final List<String> said = new CopyOnWriteArrayList<>();

  /** Starts it; it need not be ready yet. */
  ServiceProcess(Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Command.java(
                System.getProperty("java.class.path"),
                "-Xmx128m",
                "-Djava.util.logging.SimpleFormatter.format=%4$s %5$s%n",
                LoopbackService.class.getName()));
    builder.environment().putAll(environment);
    builder.environment().values().removeIf(String::isEmpty);
    process = builder.start();
    BufferedReader out = process.inputReader();
    drain(process.errorReader());
    String line = out.readLine();
    if (line == null || !line.startsWith("admin ")) {
      process.onExit().join();
      throw new AssertionError("The service does not start: %s %s".formatted(line, said));
    }
    admin = Integer.parseInt(line.substring("admin ".length()));
    drain(out);
  }

  private void drain(BufferedReader reader) {
    Thread thread =
        new Thread(
            () -> {
              try {
                reader.lines().forEach(said::add);
              } catch (UncheckedIOException e) {
                // It has been killed.
              }
            },
            "reads what a service says");
    thread.setDaemon(true);
    thread.start();
  }

  /** The lines that it has logged or printed. */
  List<String> said() {
    return said;
  }

  String adminUrl() {
    return "http://127.0.0.1:" + admin;
  }

  HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(adminUrl() + path)).build(), BodyHandlers.ofString());
  }

  void awaitReady() {
    Await.until("ready", () -> get("/readyz"), answer -> answer.statusCode() == 200);
  }

  /** A metric's value; of several with labels, their sum. */
  double metric(String name) throws Exception {
    Matcher matcher =
        Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? (\\S+)$").matcher(get("/metrics").body());
    double sum = 0;
    boolean found = false;
    while (matcher.find()) {
      found = true;
      sum += Double.parseDouble(matcher.group(1));
    }
    assertThat(found).as(name).isTrue();
    return sum;
  }

  /** As a machine that fails would. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** As ECS ends a task. */
  int stop() {
    process.destroy();
    return process.onExit().join().exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
