package colorteller.local;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Ports;
import colorteller.acceptance.StandAlone;
import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Translator;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The retry events {@code stream-error}, a stream of HTTP/2 that is refused, and {@code
 * connection-error}. A node's Envoy hides both of its application's: it answers with 503. So here
 * the nodes are no Envoys.
 */
class RefusedTest {

  /** HTTP/2's REFUSED_STREAM, and its INTERNAL_ERROR. */
  private static final long REFUSED = 7;

  private static final long BROKEN = 2;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void whatIsRefusedIsAskedForAgain() throws Exception {
    Vertx vertx = Vertx.vertx();
    AtomicInteger tries = new AtomicInteger();
    try {
      int port =
          vertx
              .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
              .requestHandler(request -> answer(request, tries.incrementAndGet()))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get()
              .actualPort();
      int egress = Ports.free();
      Process envoy =
          StandAlone.start(
              folder, bootstrap(port, Ports.free(), egress), "--file-flush-interval-msec", "20");
      try {
        await(() -> listens(egress));
        assertThat(status(egress, "/refused")).isEqualTo(200);
        assertThat(tries.getAndSet(0)).isEqualTo(3);
        assertThat(status(egress, "/broken")).isEqualTo(503);
        assertThat(tries).hasValue(1);
        assertThat(status(egress, "/closed")).isEqualTo(503);
        assertThat(status(egress, "/closed/never-again")).isEqualTo(503);
        Path log = folder.resolve("access.log");
        await(() -> Files.exists(log) && Files.readAllLines(log).size() == 4);
        assertThat(Files.readAllLines(log))
            .containsExactly("/refused 3", "/broken 1", "/closed 4", "/closed/never-again 1");
      } finally {
        envoy.destroyForcibly().waitFor();
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }
  }

  /** Resets the first two streams. */
  private static void answer(HttpServerRequest request, int attempt) {
    if (attempt <= 2) {
      request.response().reset(request.path().equals("/refused") ? REFUSED : BROKEN);
    } else {
      request.response().end();
    }
  }

  private String bootstrap(int port, int closed, int egress) throws IOException {
    Mesh mesh =
        MeshReader.read(
            Template.of(
                "stream-error.yaml",
                """
                Resources:
                  Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: m, Spec: {ServiceDiscovery: {IpPreference: IPv4_ONLY}}}}
                  Node:
                    Type: AWS::AppMesh::VirtualNode
                    Properties:
                      MeshName: m
                      VirtualNodeName: node
                      Spec:
                        Listeners: [{PortMapping: {Port: %d, Protocol: http2}}]
                        ServiceDiscovery: {DNS: {Hostname: localhost}}
                  Closed:
                    Type: AWS::AppMesh::VirtualNode
                    Properties:
                      MeshName: m
                      VirtualNodeName: closed
                      Spec:
                        Listeners: [{PortMapping: {Port: %d, Protocol: http2}}]
                        ServiceDiscovery: {DNS: {Hostname: localhost}}
                  ToClosed:
                    Type: AWS::AppMesh::Route
                    Properties:
                      MeshName: m
                      VirtualRouterName: router
                      RouteName: closed
                      Spec:
                        Http2Route:
                          Match: {Path: {Exact: /closed}}
                          Action: {WeightedTargets: [{VirtualNode: closed, Weight: 1}]}
                          RetryPolicy: {MaxRetries: 3, PerRetryTimeout: {Unit: s, Value: 5}, TcpRetryEvents: [connection-error]}
                  NeverAgain:
                    Type: AWS::AppMesh::Route
                    Properties:
                      MeshName: m
                      VirtualRouterName: router
                      RouteName: never-again
                      Spec:
                        Http2Route:
                          Match: {Prefix: /closed}
                          Action: {WeightedTargets: [{VirtualNode: closed, Weight: 1}]}
                          RetryPolicy: {MaxRetries: 3, PerRetryTimeout: {Unit: s, Value: 5}, HttpRetryEvents: [stream-error]}
                  Router:
                    Type: AWS::AppMesh::VirtualRouter
                    Properties: {MeshName: m, VirtualRouterName: router, Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http2}}]}}
                  Route:
                    Type: AWS::AppMesh::Route
                    Properties:
                      MeshName: m
                      VirtualRouterName: router
                      RouteName: route
                      Spec:
                        Http2Route:
                          Match: {Prefix: /}
                          Action: {WeightedTargets: [{VirtualNode: node, Weight: 1}]}
                          RetryPolicy: {MaxRetries: 3, PerRetryTimeout: {Unit: s, Value: 5}, HttpRetryEvents: [stream-error]}
                  Service: {Type: 'AWS::AppMesh::VirtualService', Properties: {MeshName: m, VirtualServiceName: localhost, Spec: {Provider: {VirtualRouter: {VirtualRouterName: router}}}}}
                  Client:
                    Type: AWS::AppMesh::VirtualNode
                    Properties:
                      MeshName: m
                      VirtualNodeName: client
                      Spec:
                        Backends: [{VirtualService: {VirtualServiceName: localhost}}]
                        Logging: {AccessLog: {File: {Path: %s/access.log, Format: {Text: "%%REQ(:PATH)%% %%UPSTREAM_REQUEST_ATTEMPT_COUNT%%\\n"}}}}
                """
                    .formatted(port, closed, folder),
                Map.of(),
                Map.of()));
    AwsTask placement =
        new AwsTask() {
          @Override
          public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
            return List.of(
                SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(egress).build());
          }

          @Override
          public int egressPort(ProxyId proxy, int servicePort) {
            return egress;
          }
        };
    ProxyId client = ProxyId.of(mesh, Objects.requireNonNull(mesh.nodes().get("client")));
    return StandAlone.bootstrap(
        new Translator(mesh, placement, Map.of()).proxy(client).orElseThrow());
  }

  private void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("time is up: " + Files.readString(folder.resolve("envoy.log")));
      }
      Pause.briefly();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int status(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(port, path)))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(LIMIT)
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }
}
