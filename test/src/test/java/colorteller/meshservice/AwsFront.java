package colorteller.meshservice;

import colorteller.acceptance.HttpStub;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before moto, and lets AWS be in a bad way. */
public final class AwsFront implements AutoCloseable {

  /** What becomes of a call. */
  public enum Fault {
    NONE,
    AWAY,
    /** Takes calls, and does not answer. */
    SILENT,
    THROTTLING,
    /** Cloud Map has no instance; its list of them is as it is. SSM has no parameter. */
    EMPTY,
    /** The others are not. */
    S3_AWAY
  }

  private static final List<String> NOT_PASSED_ON =
      List.of("host", "content-length", "connection", "transfer-encoding", "upgrade", "expect");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String moto;
  private final HttpClient http =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  private final HttpStub server;
  private final AtomicInteger faults = new AtomicInteger();
  private volatile Fault fault = Fault.NONE;

  public AwsFront(String moto) throws IOException {
    this.moto = moto;
    server = new HttpStub(this::answer);
  }

  public String endpoint() {
    return server.endpoint();
  }

  public synchronized void be(Fault now) {
    faults.set(0);
    fault = now;
    notifyAll();
  }

  private synchronized void beSilent() {
    try {
      while (fault == Fault.SILENT) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many calls have met the fault. */
  public int faults() {
    return faults.get();
  }

  private HttpStub.Answer answer(HttpExchange exchange, String body) throws IOException {
    String target =
        String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
            .replaceAll(".*\\.", "");
    Fault now = fault;
    if (now == Fault.AWAY) {
      faults.incrementAndGet();
      return HttpStub.Answer.error(503, "ServiceUnavailable", "away");
    }
    if (now == Fault.SILENT) {
      faults.incrementAndGet();
      beSilent();
      return HttpStub.Answer.error(503, "ServiceUnavailable", "away");
    }
    if (now == Fault.THROTTLING) {
      faults.incrementAndGet();
      return HttpStub.Answer.error(400, "ThrottlingException", "Rate exceeded");
    }
    if (now == Fault.EMPTY && target.equals("DiscoverInstances")) {
      faults.incrementAndGet();
      return HttpStub.Answer.json("{\"Instances\": []}");
    }
    if (now == Fault.EMPTY && target.equals("GetParameters")) {
      faults.incrementAndGet();
      return HttpStub.Answer.json(
          "{\"Parameters\": [], \"InvalidParameters\": %s}"
              .formatted(JSON.readTree(body).path("Names")));
    }
    // S3's calls name no target.
    if (now == Fault.S3_AWAY && target.equals("null")) {
      faults.incrementAndGet();
      return HttpStub.Answer.error(503, "ServiceUnavailable", "away");
    }
    return passOn(exchange, body);
  }

  private HttpStub.Answer passOn(HttpExchange exchange, String body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(moto + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofString(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      Map<String, String> headers = new HashMap<>();
      response
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name) && !name.startsWith(":")) {
                  headers.put(name, values.get(0));
                }
              });
      return new HttpStub.Answer(response.statusCode(), headers, response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void close() {
    be(Fault.NONE);
    server.close();
  }
}
