package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who asks the service how it is. */
class AdminServerTest {

  private static final class Ready implements AdminServer.Asked {

    @Override
    public List<String> lacks() {
      return List.of();
    }

    @Override
    public void metrics(OutputStream out) {}

    @Override
    public String proxies() {
      return "{}";
    }
  }

  /** A health check that nobody answers ends the task. */
  @Test
  void clientsThatStopHalfwayKeepNobodyElseFromAsking() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    HttpClient client = HttpClient.newHttpClient();
    try (AdminServer admin =
        new AdminServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Ready())) {
      InetSocketAddress address = admin.address();
      for (int i = 0; i < 8; i++) {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        stalled.add(socket);
        socket.getOutputStream().write("GET /hea".getBytes(StandardCharsets.UTF_8));
      }
      URI uri = URI.create("http://127.0.0.1:%d/readyz".formatted(address.getPort()));
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(4)).build();
      assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("ok\n");
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }
}
