package colorteller.verification;

import colorteller.mesh.Cause;
import colorteller.mesh.IpFamily;
import colorteller.mesh.report.Observation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Makes requests as a client does, and tells an Envoy's errors from those of the load balancer in
 * front of it.
 *
 * <p>Sources: the local replies of Envoy's router ({@code no healthy upstream}, {@code upstream
 * connect error or disconnect/reset before headers} with its reset reason), and the {@code Server}
 * header, which an Envoy sets to {@code envoy} and an application load balancer leaves as it is.
 */
public final class Probe {

  private static final String ENVOY = "envoy";
  private static final String NO_HOST = "no healthy upstream";
  // A refused connection. One that timed out, was reset or was not tried has another reason.
  private static final Pattern REFUSED =
      Pattern.compile(
          "upstream connect error or disconnect/reset before headers\\. .*reset reason:"
              + " (remote |local )?connection failure\\b.*",
          Pattern.DOTALL);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int SHOWN = 80;

  private final Map<IpFamily, URI> endpoints;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();

  /**
   * Makes requests to a gateway.
   *
   * @param endpoints where the load balancer takes requests for each of the gateway's addresses
   */
  public Probe(Map<IpFamily, URI> endpoints) {
    this.endpoints = endpoints;
  }

  /** Makes one request. What is broken is in the result; nothing is thrown. */
  Observation observe(String path, IpFamily entry) {
    URI uri = Objects.requireNonNull(endpoints.get(entry)).resolve(path);
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    try {
      // The client's own limit ends with the headers.
      return read(answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      return broken(
          Optional.empty(),
          "",
          "GET %s: %s".formatted(uri, cause.getMessage() == null ? cause : cause.getMessage()));
    } catch (TimeoutException e) {
      return broken(
          Optional.empty(),
          "",
          "GET %s: no whole answer within %d s".formatted(uri, LIMIT.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VerificationException("interrupted while requesting " + uri);
    } finally {
      answer.cancel(true);
    }
  }

  private static Observation read(HttpResponse<String> response) {
    Optional<Integer> status = Optional.of(response.statusCode());
    String body = response.body();
    String server = response.headers().firstValue("server").orElse("");
    if (!server.equals(ENVOY)) {
      return broken(
          status,
          body,
          "%d did not come from an Envoy (server: %s): the load balancer has no healthy gateway"
              .formatted(response.statusCode(), server.isEmpty() ? "none" : server));
    }
    if (response.statusCode() == 200) {
      return new Observation(status, body, Optional.of(body), Set.of(), Optional.empty());
    }
    if (response.statusCode() == 503 && body.equals(NO_HOST)) {
      return new Observation(
          status, body, Optional.empty(), Set.of(Cause.SERVICE_DISCOVERY), Optional.empty());
    }
    if (response.statusCode() == 503 && REFUSED.matcher(body).matches()) {
      // Which Envoy could not connect, the gateway's or the node's, a client is not told.
      return new Observation(
          status,
          body,
          Optional.empty(),
          Set.of(Cause.LISTENER, Cause.APPLICATION),
          Optional.empty());
    }
    return broken(
        status,
        body,
        "an Envoy answered %d: %s"
            .formatted(
                response.statusCode(), body.length() > SHOWN ? body.substring(0, SHOWN) : body));
  }

  private static Observation broken(Optional<Integer> status, String body, String problem) {
    return new Observation(status, body, Optional.empty(), Set.of(), Optional.of(problem));
  }
}
