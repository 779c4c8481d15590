package colorteller.meshservice;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers those who watch the service: {@code /healthz} (it runs), {@code /readyz} (it serves, or
 * what it lacks), {@code /metrics} (for Prometheus), {@code /proxies} (for {@code ./walkthrough
 * proxies}).
 */
final class AdminServer implements AutoCloseable {

  /** What is asked for. */
  interface Asked {

    /** What is lacking until it is ready; nothing once it is. */
    List<String> lacks();

    void metrics(OutputStream out) throws IOException;

    String proxies();
  }

  static {
    // The JDK's server reads these when the first is made; without, it waits for ever.
    System.setProperty("sun.net.httpserver.maxReqTime", "5");
    System.setProperty("sun.net.httpserver.maxRspTime", "10");
  }

  private final Asked asked;
  private final HttpServer server;
  private final ExecutorService threads;

  /**
   * Starts to listen.
   *
   * @throws IOException if the address cannot be bound
   */
  AdminServer(InetSocketAddress address, Asked asked) throws IOException {
    this.asked = asked;
    server = HttpServer.create(address, 0);
    server.createContext("/", this::answer);
    // Who sends or reads slowly has a thread until the time is over, and keeps nobody else from
    // asking.
    threads = Executors.newCachedThreadPool(DaemonThreads.named("admin"));
    server.setExecutor(threads);
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 405, "text/plain", "only GET is answered\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/healthz" -> send(exchange, 200, "text/plain", "ok\n");
        case "/readyz" -> {
          List<String> lacks = asked.lacks();
          send(
              exchange,
              lacks.isEmpty() ? 200 : 503,
              "text/plain",
              lacks.isEmpty() ? "ok\n" : String.join("\n", lacks) + "\n");
        }
        case "/metrics" -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          asked.metrics(out);
          send(exchange, 200, "text/plain; version=0.0.4", out.toString(StandardCharsets.UTF_8));
        }
        case "/proxies" -> send(exchange, 200, "application/json", asked.proxies());
        default ->
            send(
                exchange,
                404,
                "text/plain",
                "there are /healthz, /readyz, /metrics and /proxies\n");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
