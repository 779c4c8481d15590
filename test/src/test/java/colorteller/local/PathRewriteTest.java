package colorteller.local;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.cli.LocalMeshes;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Scenario;
import com.sun.net.httpserver.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a request's path and host an application behind a real gateway and node sees. */
class PathRewriteTest {

  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  void theMatchedPrefixBecomesASlash(String variant) throws Exception {
    Scenario scenario = LocalMeshes.stage(variant, "v4_only");
    Request red =
        scenario.mesh().requests().stream()
            .filter(request -> request.path().equals("/red"))
            .findFirst()
            .orElseThrow();
    VirtualNode node = red.node().orElseThrow();
    VirtualGateway gateway = red.gateway().orElseThrow();
    try (LocalMesh local =
        new LocalMesh(
            new LoopbackNetwork(
                Path.of(System.getenv("ENVOY")), scenario.mesh(), scenario.workloads()),
            scenario.mesh())) {
      local.apply(scenario.mesh());
      Applications.Application application =
          ((LoopbackNetwork) local.network()).application(node, node.listener().orElseThrow());
      application.server().close();
      HttpServer mirror = mirror(application.port());
      try {
        int port = ((LoopbackNetwork) local.network()).port(gateway);
        assertThat(get(port, "/red")).isEqualTo("/ colorteller-1.default.svc.cluster.local");
        assertThat(get(port, "/red/")).startsWith("/ ");
        assertThat(get(port, "/red/x")).startsWith("/x ");
        assertThat(get(port, "/red/x/y?a=b")).startsWith("/x/y?a=b ");
        assertThat(get(port, "/red?a=b")).startsWith("/?a=b ");
      } finally {
        mirror.stop(0);
      }
    }
  }

  /** Answers with the path and the host that it was asked for. */
  private static HttpServer mirror(int port) throws Exception {
    HttpServer mirror = HttpServer.create(IpFamily.IPV4.socketAddress(port), 0);
    mirror.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String host = exchange.getRequestHeaders().getFirst("Host");
            byte[] seen =
                "%s %s".formatted(exchange.getRequestURI(), host).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, seen.length);
            exchange.getResponseBody().write(seen);
          }
        });
    mirror.start();
    return mirror;
  }

  private static String get(int port, String path) throws Exception {
    HttpClient client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    var response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            BodyHandlers.ofString());
    return response.statusCode() == 200
        ? response.body()
        : response.statusCode() + " " + response.body();
  }
}
