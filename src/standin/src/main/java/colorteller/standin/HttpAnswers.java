package colorteller.standin;

import colorteller.mesh.Fault;
import colorteller.standin.StandIn.Protocol;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a stand-in answers to HTTP and gRPC. */
final class HttpAnswers implements Handler<HttpServerRequest> {

  /** Marks the requests of this project's own clients; Envoy's mark otherwise. */
  private static final String OWN_ID = "x-walkthrough-request";

  private static final String ENVOYS_ID = "x-request-id";
  private static final String HEALTH_SERVICE = "grpc.health.v1.Health";
  private static final String ENVOYS_HEALTH_CHECK = "Envoy/HC";
  private static final int HTTP_VERSION_NOT_SUPPORTED = 505;
  private static final int BAD_REQUEST = 400;
  private static final int HTTP2_INTERNAL_ERROR = 2;

  // An empty message is one of any type. The other is a HealthCheckResponse with status SERVING.
  private static final Buffer EMPTY_MESSAGE = Buffer.buffer();
  private static final Buffer SERVING = Buffer.buffer(new byte[] {8, 1});

  private final Vertx vertx;
  private final StandIn standIn;
  private final Attempts attempts;

  HttpAnswers(Vertx vertx, StandIn standIn, Attempts attempts) {
    this.vertx = vertx;
    this.standIn = standIn;
    this.attempts = attempts;
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (standIn.protocol() == Protocol.HTTP2 && request.version() != HttpVersion.HTTP_2) {
      request.response().setStatusCode(HTTP_VERSION_NOT_SUPPORTED).end();
      return;
    }
    if (isHealthCheck(request)) {
      answer(request, 0);
      return;
    }
    int attempt = attempts.next(id(request));
    Fault fault;
    try {
      fault =
          Optional.ofNullable(request.getHeader(Fault.HEADER))
              .map(Fault::parse)
              .orElse(standIn.fault());
    } catch (IllegalArgumentException e) {
      request.response().setStatusCode(BAD_REQUEST).end(e.getMessage());
      return;
    }
    if (attempt > fault.times().orElse(Integer.MAX_VALUE)) {
      fault = Fault.NONE;
    }
    if (fault.delay().isZero()) {
      answer(request, attempt, fault);
    } else {
      Fault delayed = fault;
      request.pause();
      vertx.setTimer(
          fault.delay().toMillis(),
          timer -> {
            // Whoever asked may have lost patience.
            if (!request.response().closed()) {
              request.resume();
              answer(request, attempt, delayed);
            }
          });
    }
  }

  /** A fault is for requests: a check that failed with them would hide what a test is about. */
  private static boolean isHealthCheck(HttpServerRequest request) {
    return request.path().startsWith("/" + HEALTH_SERVICE + "/")
        || Optional.ofNullable(request.getHeader("user-agent"))
            .filter(ENVOYS_HEALTH_CHECK::equals)
            .isPresent();
  }

  private static String id(HttpServerRequest request) {
    return Optional.ofNullable(request.getHeader(OWN_ID))
        .or(() -> Optional.ofNullable(request.getHeader(ENVOYS_ID)))
        .orElse("");
  }

  private void answer(HttpServerRequest request, int attempt, Fault fault) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return;
    }
    if (fault.reset()) {
      if (request.version() == HttpVersion.HTTP_2) {
        response.reset(HTTP2_INTERNAL_ERROR);
      } else {
        request.connection().close();
      }
    } else if (fault.grpcStatus().isPresent()) {
      // gRPC's answer without a message: its trailers are its headers.
      response
          .putHeader("content-type", "application/grpc")
          .putHeader("grpc-status", Integer.toString(fault.grpcStatus().getAsInt()))
          .putHeader(Seen.HEADER, seen(request, attempt).toString())
          .end();
    } else {
      fault.status().ifPresent(response::setStatusCode);
      answer(request, attempt);
    }
  }

  private void answer(HttpServerRequest request, int attempt) {
    if (isGrpc(request) && request.response().getStatusCode() == 200) {
      Seen seen = seen(request, attempt);
      GrpcServer.server(vertx).callHandler(call -> answer(call, seen)).handle(request);
      return;
    }
    HttpServerResponse response = request.response().putHeader("content-type", "application/json");
    Seen seen = seen(request, attempt);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader(Seen.HEADER, seen.toString());
    }
    response.end(seen + "\n");
  }

  private static boolean isGrpc(HttpServerRequest request) {
    return Optional.ofNullable(request.getHeader("content-type"))
        .orElse("")
        .startsWith("application/grpc");
  }

  private static void answer(GrpcServerRequest<Buffer, Buffer> call, Seen seen) {
    call.endHandler(
        end -> {
          call.response().headers().set(Seen.HEADER, seen.toString());
          call.response()
              .end(
                  call.serviceName().fullyQualifiedName().equals(HEALTH_SERVICE)
                      ? SERVING
                      : EMPTY_MESSAGE);
        });
  }

  private Seen seen(HttpServerRequest request, int attempt) {
    Map<String, String> headers = new TreeMap<>();
    request
        .headers()
        .forEach(
            header ->
                headers.merge(
                    header.getKey().toLowerCase(Locale.ROOT),
                    header.getValue(),
                    "%s, %s"::formatted));
    return new Seen(
        standIn.node(),
        standIn.port(),
        protocol(request),
        request.method().name(),
        Optional.ofNullable(request.authority()).map(HostAndPort::toString).orElse(""),
        request.uri(),
        headers,
        attempt);
  }

  private static String protocol(HttpServerRequest request) {
    if (isGrpc(request)) {
      return "gRPC";
    }
    return switch (request.version()) {
      case HTTP_1_0 -> "HTTP/1.0";
      case HTTP_1_1 -> "HTTP/1.1";
      case HTTP_2 -> "HTTP/2";
    };
  }
}
