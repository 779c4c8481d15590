package colorteller.colorteller;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers {@code /ping} with 200, or 503 when it is about to end, and every other path with its
 * colour. It listens on loopback only, since nobody but its Envoy talks to it: a wildcard address
 * would take IPv6 too, whatever the families say (Java cannot set IPV6_V6ONLY).
 */
public final class ColorTeller implements AutoCloseable {

  private static final int THREADS = 8;

  static {
    // Else the body of an answer waits 40 ms for the acknowledgement of its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final List<HttpServer> servers = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "colorteller");
            thread.setDaemon(true);
            return thread;
          });
  private final byte[] color;
  private volatile boolean leaving;

  private ColorTeller(String color) {
    this.color = color.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Starts to listen.
   *
   * @param port the port, the same on every address
   * @param color the body of an answer
   * @param families the loopback addresses
   * @throws IOException if an address cannot be bound; nothing listens then
   */
  public static ColorTeller start(int port, String color, IpFamilies families) throws IOException {
    ColorTeller teller = new ColorTeller(color);
    try {
      for (InetAddress address : families.addresses()) {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
        server.setExecutor(teller.threads);
        server.createContext("/", teller::answer);
        teller.servers.add(server);
        // At once: one that was never started keeps its port even when it is stopped.
        server.start();
      }
    } catch (IOException e) {
      teller.close();
      throw e;
    }
    return teller;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      if (leaving && exchange.getRequestURI().getPath().equals("/ping")) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      byte[] body = exchange.getRequestURI().getPath().equals("/ping") ? new byte[0] : color;
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      // -1 tells the server that no body follows.
      boolean empty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, empty ? -1 : body.length);
      if (!empty) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  /** From now on its health check fails; it answers as before. */
  void leave() {
    leaving = true;
  }

  /** Takes no more connections and gives requests that are being answered some seconds to end. */
  void stopGracefully(int seconds) {
    servers.parallelStream().forEach(server -> server.stop(seconds));
    threads.shutdown();
  }

  /** Stops at once. */
  @Override
  public void close() {
    stopGracefully(0);
  }
}
