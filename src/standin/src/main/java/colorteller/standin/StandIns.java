package colorteller.standin;

import colorteller.mesh.Fault;
import colorteller.standin.StandIn.Protocol;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** Stand-in applications, as many as wanted in one process: they share its few threads. */
public final class StandIns implements AutoCloseable {

  private final Attempts attempts = new Attempts();
  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setEventLoopPoolSize(2)
              .setWorkerPoolSize(1)
              .setInternalBlockingPoolSize(1)
              .setUseDaemonThread(true)
              // Or it leaves a folder among the system's temporary ones.
              .setFileSystemOptions(
                  new FileSystemOptions()
                      .setFileCachingEnabled(false)
                      .setClassPathResolvingEnabled(false)));

  /**
   * Starts one.
   *
   * @param standIn what it is
   * @param addresses where it listens
   * @return what stops this one
   * @throws IOException if it cannot listen at one of them
   */
  public Closeable start(StandIn standIn, Collection<InetSocketAddress> addresses)
      throws IOException {
    List<Supplier<Future<Void>>> servers = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      SocketAddress at =
          SocketAddress.inetSocketAddress(address.getPort(), address.getAddress().getHostAddress());
      String failure = "%s cannot listen at %s".formatted(standIn.node(), address);
      if (standIn.protocol() == Protocol.TCP) {
        NetServer server =
            vertx.createNetServer().connectHandler(socket -> answer(standIn, socket));
        servers.add(server::close);
        await(server.listen(at), failure);
      } else {
        HttpServer server =
            vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setHttp2ClearTextEnabled(standIn.protocol() != Protocol.HTTP))
                .requestHandler(new HttpAnswers(vertx, standIn, attempts));
        servers.add(server::close);
        await(server.listen(at), failure);
      }
    }
    return () -> {
      for (Supplier<Future<Void>> close : servers) {
        await(close.get(), "%s cannot stop".formatted(standIn.node()));
      }
    };
  }

  /** How many tries of a request all of them have seen. */
  public int attempts(String requestId) {
    return attempts.of(requestId);
  }

  /** Answers the first bytes, since Envoy may have to see those of a client before any of ours. */
  private void answer(StandIn standIn, NetSocket socket) {
    Fault fault = standIn.fault();
    socket.handler(
        first -> {
          socket.handler(socket::write);
          if (fault.delay().isZero()) {
            answer(standIn, socket, first);
          } else {
            socket.pause();
            vertx.setTimer(
                fault.delay().toMillis(),
                timer -> {
                  answer(standIn, socket, first);
                  socket.resume();
                });
          }
        });
  }

  private static void answer(StandIn standIn, NetSocket socket, Buffer first) {
    if (standIn.fault().reset()) {
      socket.close();
      return;
    }
    socket.write(new Seen(standIn.node(), standIn.port(), "TCP", "", "", "", Map.of(), 1) + "\n");
    socket.write(first);
  }

  private static void await(Future<?> future, String failure) throws IOException {
    try {
      future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IOException(failure + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(failure + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
