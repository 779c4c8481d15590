package colorteller.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A server on loopback that answers as a test says. */
public final class HttpStub implements AutoCloseable {

  /** A response. */
  public record Answer(int status, Map<String, String> headers, String body) {

    public static Answer json(String body) {
      return new Answer(200, Map.of("Content-Type", "application/json"), body);
    }

    /** An error as AWS's JSON services send it. */
    public static Answer error(int status, String type, String message) {
      return new Answer(
          status, Map.of("x-amzn-ErrorType", type), "{\"message\": \"%s\"}".formatted(message));
    }
  }

  /** What to answer to a request, given with its body. */
  public interface Answers {
    Answer to(HttpExchange request, String body) throws IOException;
  }

  private final HttpServer server;

  public HttpStub(Answers answers) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext("/", exchange -> answer(exchange, answers));
    server.start();
  }

  private static void answer(HttpExchange exchange, Answers answers) throws IOException {
    try (exchange) {
      Answer answer =
          answers.to(
              exchange,
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
