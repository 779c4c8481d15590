package colorteller.local;

import colorteller.mesh.Call;
import colorteller.mesh.Protocol;
import colorteller.standin.Seen;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes requests of every protocol to this machine, each on a connection of its own. */
final class LoopbackClient implements AutoCloseable {

  // More than a mesh gives a request by default.
  private static final int LIMIT_SECONDS = 20;

  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setEventLoopPoolSize(2)
              .setWorkerPoolSize(1)
              .setInternalBlockingPoolSize(1)
              .setUseDaemonThread(true)
              .setFileSystemOptions(
                  new FileSystemOptions()
                      .setFileCachingEnabled(false)
                      .setClassPathResolvingEnabled(false)));

  /**
   * Makes a request.
   *
   * @param call what is asked
   * @param at where
   * @param certificate what the client shows on an encrypted connection; empty for plain text. It
   *     believes whoever answers: what the mesh believes is tested, not this client
   * @param id marks the request in the Envoys' access logs; empty leaves no trace there
   * @throws IOException if it ends otherwise than by an answer or a refused connection
   */
  Network.Answer send(
      Call call,
      InetSocketAddress at,
      Optional<LocalAuthority.Issued> certificate,
      Optional<String> id)
      throws IOException {
    try {
      return (call.protocol().hasRequests() ? http(call, at, certificate, id) : tcp(call, at))
          .toCompletionStage()
          .toCompletableFuture()
          .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConnectException) {
        return Network.Answer.NOT_REACHED;
      }
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new IOException(
          Objects.requireNonNullElseGet(cause.getMessage(), cause::toString), cause);
    } catch (TimeoutException e) {
      throw new IOException("no answer within %d s".formatted(LIMIT_SECONDS), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Future<Network.Answer> http(
      Call call,
      InetSocketAddress at,
      Optional<LocalAuthority.Issued> certificate,
      Optional<String> id) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(
                call.protocol().isHttp2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .setHttp2ClearTextUpgrade(false)
            .setKeepAlive(false);
    certificate.ifPresent(
        own ->
            options
                .setSsl(true)
                .setUseAlpn(call.protocol().isHttp2())
                .setTrustAll(true)
                .setVerifyHost(false)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(own.chain()))
                        .addKeyValue(Buffer.buffer(own.privateKey()))));
    var client = vertx.createHttpClient(options);
    return client
        .request(
            new RequestOptions()
                .setServer(address(at))
                .setHost(call.host())
                .setPort(call.port())
                .setMethod(HttpMethod.valueOf(call.method()))
                .setURI(call.path()))
        .compose(request -> send(call, request.authority(HostAndPort.create(call.host(), -1)), id))
        .onComplete(done -> client.close());
  }

  private static Future<Network.Answer> send(
      Call call, HttpClientRequest request, Optional<String> id) {
    call.headers().forEach(request::putHeader);
    id.ifPresent(mark -> request.putHeader(AccessLog.REQUEST_ID_HEADER, mark));
    if (call.protocol() != Protocol.GRPC) {
      return request
          .send()
          .compose(response -> response.body().map(body -> answer(response, body)));
    }
    request.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
    // A frame of gRPC with an empty message, which is one of any type.
    return request
        .send(Buffer.buffer(new byte[5]))
        .compose(response -> response.body().map(body -> grpcAnswer(response)));
  }

  private static Network.Answer answer(HttpClientResponse response, Buffer body) {
    String said = body.toString().strip();
    return new Network.Answer(
        Optional.of(response.statusCode()),
        Optional.empty(),
        said.isEmpty() ? seen(response) : said,
        true);
  }

  private static Network.Answer grpcAnswer(HttpClientResponse response) {
    Optional<Integer> status =
        Optional.ofNullable(response.getTrailer("grpc-status"))
            .or(() -> Optional.ofNullable(response.getHeader("grpc-status")))
            .map(Integer::valueOf);
    return new Network.Answer(Optional.of(response.statusCode()), status, seen(response), true);
  }

  private static String seen(HttpClientResponse response) {
    return Objects.requireNonNullElse(response.getHeader(Seen.HEADER), "");
  }

  /** Sends a line that a server of HTTP understands, too, and waits for the stand-in's. */
  private Future<Network.Answer> tcp(Call call, InetSocketAddress at) {
    var client = vertx.createNetClient(new NetClientOptions());
    return client
        .connect(address(at))
        .compose(socket -> seen(call, socket))
        .onComplete(done -> client.close());
  }

  private static Future<Network.Answer> seen(Call call, NetSocket socket) {
    Promise<Network.Answer> promise = Promise.promise();
    Buffer all = Buffer.buffer();
    socket.handler(
        bytes -> {
          all.appendBuffer(bytes);
          all.toString()
              .lines()
              .filter(line -> Seen.parse(line).isPresent())
              .findFirst()
              .ifPresent(
                  line ->
                      promise.tryComplete(
                          new Network.Answer(Optional.empty(), Optional.empty(), line, true)));
        });
    socket.closeHandler(
        closed ->
            promise.tryComplete(
                new Network.Answer(Optional.empty(), Optional.empty(), all.toString(), true)));
    socket.write(
        "GET / HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n"
            .formatted(call.host().toLowerCase(Locale.ROOT)));
    return promise.future();
  }

  private static SocketAddress address(InetSocketAddress at) {
    return SocketAddress.inetSocketAddress(at.getPort(), at.getAddress().getHostAddress());
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
