package colorteller.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.Fault;
import colorteller.mesh.IpFamily;
import colorteller.standin.StandIn.Protocol;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StandInsTest {

  private static final int LISTENER_PORT = 8080;

  private final StandIns standIns = new StandIns();
  private final HttpClient client =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  private int port;

  @BeforeEach
  void choosePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void close() {
    standIns.close();
  }

  private void start(Protocol protocol, Fault fault) throws IOException {
    standIns.start(
        new StandIn("orders", LISTENER_PORT, protocol, fault),
        List.of(IpFamily.IPV4.socketAddress(port)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void tellsWhatItSaw() throws Exception {
    start(Protocol.HTTP, Fault.NONE);
    HttpResponse<String> response =
        send(
            request("/a/b?c=d%20e")
                .header("X-Stage", "é")
                .method("PUT", BodyPublishers.ofString("x")));
    assertThat(response.statusCode()).isEqualTo(200);
    Seen seen = Seen.parse(response.body()).orElseThrow();
    assertThat(seen.node()).isEqualTo("orders");
    assertThat(seen.port()).isEqualTo(LISTENER_PORT);
    assertThat(seen.protocol()).isEqualTo("HTTP/1.1");
    assertThat(seen.method()).isEqualTo("PUT");
    assertThat(seen.path()).isEqualTo("/a/b?c=d%20e");
    assertThat(seen.host()).isEqualTo("127.0.0.1:" + port);
    assertThat(seen.headers()).containsKey("x-stage");
  }

  @Test
  void speaksHttp1OnlyWhereTheListenerDoes() throws Exception {
    start(Protocol.HTTP, Fault.NONE);
    assertThat(firstLine("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotContain("SETTINGS");
    HttpResponse<String> upgraded =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build()
            .send(request("/").build(), BodyHandlers.ofString());
    assertThat(upgraded.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
  }

  @Test
  void speaksHttp2OnlyWhereTheListenerDoes() throws Exception {
    start(Protocol.HTTP2, Fault.NONE);
    assertThat(firstLine("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 505");
  }

  private String firstLine(String sent) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
              .readLine();
      return line == null ? "" : line;
    }
  }

  @Test
  void answersTheFirstBytesOfTcpAndGivesThemBack() throws Exception {
    start(Protocol.TCP, Fault.NONE);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(Seen.parse(in.readLine()).orElseThrow().node()).isEqualTo("orders");
      assertThat(in.readLine()).isEqualTo("hello");
      socket.getOutputStream().write("again\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(in.readLine()).isEqualTo("again");
    }
  }

  @Test
  void anyMethodOfAnyServiceAnswersAClientOfGrpc() throws Exception {
    start(Protocol.HTTP2, Fault.NONE);
    grpc(
        channel -> {
          // A service that it knows nothing of.
          AtomicReference<Metadata> headers = new AtomicReference<>();
          var answer =
              ClientCalls.blockingUnaryCall(
                  ClientInterceptors.intercept(
                      channel,
                      MetadataUtils.newCaptureMetadataInterceptor(
                          headers, new AtomicReference<>())),
                  io.grpc.channelz.v1.ChannelzGrpc.getGetServerMethod(),
                  CallOptions.DEFAULT,
                  io.grpc.channelz.v1.GetServerRequest.newBuilder().setServerId(7).build());
          assertThat(answer).isEqualTo(io.grpc.channelz.v1.GetServerResponse.getDefaultInstance());
          Seen seen =
              Seen.parse(
                      headers
                          .get()
                          .get(Metadata.Key.of(Seen.HEADER, Metadata.ASCII_STRING_MARSHALLER)))
                  .orElseThrow();
          assertThat(seen.path()).isEqualTo("/grpc.channelz.v1.Channelz/GetServer");
          assertThat(seen.protocol()).isEqualTo("gRPC");
        });
  }

  @Test
  void answersTheHealthChecksOfGrpc() throws Exception {
    start(Protocol.HTTP2, Fault.parse("grpc-status=unavailable"));
    grpc(
        channel ->
            assertThat(
                    HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING));
  }

  @Test
  void failsByGrpcStatus() throws Exception {
    start(Protocol.HTTP2, Fault.NONE);
    Metadata fault = new Metadata();
    fault.put(
        Metadata.Key.of(Fault.HEADER, Metadata.ASCII_STRING_MARSHALLER),
        "grpc-status=resource-exhausted");
    grpc(
        channel ->
            assertThatThrownBy(
                    () ->
                        ClientCalls.blockingUnaryCall(
                            ClientInterceptors.intercept(
                                channel, MetadataUtils.newAttachHeadersInterceptor(fault)),
                            io.grpc.channelz.v1.ChannelzGrpc.getGetServerMethod(),
                            CallOptions.DEFAULT,
                            io.grpc.channelz.v1.GetServerRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                    StatusRuntimeException.class,
                    e ->
                        assertThat(e.getStatus().getCode())
                            .isEqualTo(Status.Code.RESOURCE_EXHAUSTED)));
  }

  private interface Use {
    void of(ManagedChannel channel);
  }

  private void grpc(Use use) {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .proxyDetector(address -> null)
            .build();
    try {
      use.of(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void failsAsItIsToldByTheWorkload() throws Exception {
    start(Protocol.HTTP, Fault.parse("status=503"));
    assertThat(send(request("/")).statusCode()).isEqualTo(503);
    assertThat(send(request("/").header(Fault.HEADER, "status=418")).statusCode()).isEqualTo(418);
    assertThat(send(request("/ping").header("User-Agent", "Envoy/HC")).statusCode()).isEqualTo(200);
  }

  @Test
  void failsSomeTriesOfARequest() throws Exception {
    start(Protocol.HTTP, Fault.NONE);
    for (int status : new int[] {503, 503, 200, 200}) {
      HttpResponse<String> response =
          send(
              request("/")
                  .header(Fault.HEADER, "status=503, times=2")
                  .header("x-request-id", "one"));
      assertThat(response.statusCode()).isEqualTo(status);
    }
    assertThat(standIns.attempts("one")).isEqualTo(4);
    assertThat(standIns.attempts("another")).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"HTTP", "ANY_HTTP"})
  void resets(Protocol protocol) throws Exception {
    start(protocol, Fault.NONE);
    assertThatThrownBy(() -> send(request("/").header(Fault.HEADER, "reset")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void saysWhatAFaultCanBe() throws Exception {
    start(Protocol.HTTP, Fault.NONE);
    HttpResponse<String> response = send(request("/").header(Fault.HEADER, "stat=503"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("'stat=503' is not allowed", "grpc-status=NAME");
  }

  @Test
  void whatItSawIsReadAgain() {
    Seen seen = new Seen("n", 1, "HTTP/2", "GET", "h", "/ü", Map.of("a", "b"), 3);
    assertThat(seen.toString()).isASCII();
    assertThat(Seen.parse(seen.toString())).contains(seen);
    assertThat(Seen.parse("red")).isEmpty();
    assertThat(Seen.parse("")).isEmpty();
  }
}
