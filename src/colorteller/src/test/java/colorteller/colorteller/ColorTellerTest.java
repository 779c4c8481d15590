package colorteller.colorteller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over real connections to both loopback addresses. */
class ColorTellerTest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @ParameterizedTest
  @CsvSource({"IPV4, true, false", "IPV6, false, true", "DUAL, true, true"})
  void listensOnItsFamiliesOnly(IpFamilies families, boolean ipv4, boolean ipv6) throws Exception {
    int port = freePort();
    try (ColorTeller teller = ColorTeller.start(port, "red", families)) {
      assertThat(teller).isNotNull();
      check("127.0.0.1", port, ipv4);
      check("[::1]", port, ipv6);
    }
    assertThatThrownBy(() -> get("127.0.0.1", port, "/")).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> get("[::1]", port, "/")).isInstanceOf(ConnectException.class);
  }

  private static void check(String host, int port, boolean answers) throws Exception {
    if (answers) {
      assertThat(get(host, port, "/").body()).isEqualTo("red");
      assertThat(get(host, port, "/any/path").body()).isEqualTo("red");
      assertThat(get(host, port, "/ping").statusCode()).isEqualTo(200);
    } else {
      assertThatThrownBy(() -> get(host, port, "/")).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void readsOnly() throws Exception {
    int port = freePort();
    try (ColorTeller teller = ColorTeller.start(port, "red", IpFamilies.IPV4)) {
      assertThat(teller).isNotNull();
      HttpResponse<String> response =
          CLIENT.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/".formatted(port)))
                  .POST(BodyPublishers.ofString("x"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }
  }

  @Test
  void answersManyAtOnce() throws Exception {
    int port = freePort();
    try (ColorTeller teller = ColorTeller.start(port, "blue", IpFamilies.DUAL)) {
      assertThat(teller).isNotNull();
      List<CompletableFuture<HttpResponse<String>>> responses =
          IntStream.range(0, 200)
              .mapToObj(
                  i ->
                      CLIENT.sendAsync(
                          request(i % 2 == 0 ? "127.0.0.1" : "[::1]", port, "/"),
                          BodyHandlers.ofString()))
              .toList();
      for (CompletableFuture<HttpResponse<String>> response : responses) {
        assertThat(response.get().body()).isEqualTo("blue");
      }
    }
  }

  @Test
  void anOccupiedPortLeavesNothingOpen() throws Exception {
    try (ServerSocket occupied = new ServerSocket()) {
      int port = freePort();
      occupied.bind(new InetSocketAddress("::1", port));
      assertThatThrownBy(() -> ColorTeller.start(port, "red", IpFamilies.DUAL))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> get("127.0.0.1", port, "/")).isInstanceOf(ConnectException.class);
    }
  }

  private static HttpResponse<String> get(String host, int port, String path) throws Exception {
    return CLIENT.send(request(host, port, path), BodyHandlers.ofString());
  }

  private static HttpRequest request(String host, int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://%s:%d%s".formatted(host, port, path)))
        .timeout(Duration.ofSeconds(10))
        .build();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
