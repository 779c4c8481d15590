package colorteller.meshservice;

import colorteller.controlplane.ads.Identity;
import colorteller.controlplane.ads.ResourceType;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Thousands of Envoys' sides of streams, in a process of their own: each with a connection, a
 * certificate and a stream, each takes what it is given at once. Started by {@link
 * ControlPlaneBenchmark}, which tells it to connect anew by a line.
 */
final class BenchmarkEnvoys {

  private BenchmarkEnvoys() {}

  /** Arguments: the control plane's port, the number of Envoys. Standard input: the authority. */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    TestAuthority authority = new TestAuthority("benchmark");
    KeyPair keys = TestAuthority.keys();
    Map<String, X509Certificate> certificates = new HashMap<>();
    for (int i = 0; i < count; i++) {
      certificates.put(
          "p" + i, authority.issue(Identity.of(proxy(i)), keys, Duration.ofHours(2)).certificate());
    }
    // The control plane's certificate and whom it is to trust.
    System.out.println(
        (authority.issue(Identity.CONTROL_PLANE).pem() + authority.pem()).replace("\n", "|"));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    in.readLine();
    SslContext tls =
        GrpcSslContexts.forClient()
            .keyManager(new ByHost(certificates, keys.getPrivate()))
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build();
    List<Envoy> envoys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      envoys.add(new Envoy(i, port, tls));
    }
    envoys.forEach(Envoy::connect);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("reconnect")) {
        envoys.forEach(Envoy::disconnect);
        for (Envoy envoy : envoys) {
          // Then its stream has ended as well, and does not open anew by itself.
          envoy.channel.awaitTermination(1, TimeUnit.MINUTES);
        }
        envoys.forEach(Envoy::connect);
      }
      if (line.equals("cpu")) {
        System.out.println(
            ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis());
      }
    }
    Runtime.getRuntime().halt(0);
  }

  static ProxyId proxy(int number) {
    return new ProxyId("benchmark", Kind.VIRTUAL_NODE, "n" + number);
  }

  private static final class Envoy implements StreamObserver<DeltaDiscoveryResponse> {

    private final int number;
    private final int port;
    private final SslContext tls;
    private final Map<ResourceType, Map<String, String>> has = new ConcurrentHashMap<>();
    private ManagedChannel channel;
    private StreamObserver<DeltaDiscoveryRequest> requests;

    Envoy(int number, int port, SslContext tls) {
      this.number = number;
      this.port = port;
      this.tls = tls;
    }

    void connect() {
      channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .sslContext(tls)
              .overrideAuthority("p" + number)
              .directExecutor()
              .build();
      open();
    }

    private void open() {
      requests =
          AggregatedDiscoveryServiceGrpc.newStub(channel)
              .withWaitForReady()
              .deltaAggregatedResources(this);
      for (ResourceType type : ResourceType.values()) {
        Map<String, String> versions = has.getOrDefault(type, Map.of());
        boolean all = type == ResourceType.CLUSTER || type == ResourceType.LISTENER;
        if (all || !versions.isEmpty()) {
          requests.onNext(
              request(type)
                  .putAllInitialResourceVersions(versions)
                  .addAllResourceNamesSubscribe(all ? Set.of() : versions.keySet())
                  .build());
        }
      }
    }

    void disconnect() {
      channel.shutdownNow();
    }

    private DeltaDiscoveryRequest.Builder request(ResourceType type) {
      return DeltaDiscoveryRequest.newBuilder()
          .setNode(Node.newBuilder().setId("p" + number))
          .setTypeUrl(type.typeUrl());
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      ResourceType type = null;
      for (ResourceType candidate : ResourceType.values()) {
        if (candidate.typeUrl().equals(response.getTypeUrl())) {
          type = candidate;
        }
      }
      Map<String, String> versions = has.computeIfAbsent(type, t -> new HashMap<>());
      boolean first = versions.isEmpty();
      for (Resource resource : response.getResourcesList()) {
        versions.put(resource.getName(), resource.getVersion());
      }
      requests.onNext(request(type).setResponseNonce(response.getNonce()).build());
      if (first && type == ResourceType.CLUSTER) {
        subscribe(
            ResourceType.ENDPOINT,
            versions.keySet().stream()
                .filter(name -> name.startsWith("cds_egress") && name.endsWith("9080"))
                .toList());
      }
      if (first && type == ResourceType.LISTENER) {
        subscribe(ResourceType.ROUTE, ControlPlaneBenchmark.routes());
      }
    }

    private void subscribe(ResourceType type, List<String> names) {
      requests.onNext(request(type).addAllResourceNamesSubscribe(names).build());
    }

    @Override
    public void onError(Throwable error) {
      // As an Envoy does: on a busy machine a connection is not always made in time.
      if (!channel.isShutdown()) {
        open();
      }
    }

    @Override
    public void onCompleted() {}
  }

  /** Gives each connection the certificate of the host that it says it connects to. */
  private static final class ByHost extends X509ExtendedKeyManager {

    private final Map<String, X509Certificate> certificates;
    private final PrivateKey key;

    ByHost(Map<String, X509Certificate> certificates, PrivateKey key) {
      this.certificates = certificates;
      this.key = key;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return engine.getPeerHost();
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificates.get(alias)};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException();
    }
  }
}
