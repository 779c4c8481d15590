package colorteller.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A network that redirects nothing needs another placement, and no other translator. */
class PlacementTest {

  private static final Mesh MESH =
      MeshReader.read(
          Template.read(
              Path.of("src/test/resources/testdata/in/router-and-backends.yaml"), Map.of()));
  private static final int APPLICATION = 8080;

  /** The Envoy has the node's own port, and each backend a loopback address of its own. */
  private static final class WithoutRedirection extends AwsTask {

    @Override
    public List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding) {
      return List.of(Endpoints.socket("0.0.0.0", node.listener().orElseThrow().port()));
    }

    @Override
    public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
      if (proxy.kind() == Kind.VIRTUAL_GATEWAY) {
        return super.egress(proxy, binding);
      }
      int backends = Objects.requireNonNull(MESH.nodes().get(proxy.name())).backends().size();
      return IntStream.rangeClosed(1, backends)
          .mapToObj(n -> Endpoints.socket("127.0.1." + n, 9080))
          .toList();
    }

    @Override
    public SocketAddress application(VirtualNode node, int listenerPort, IpFamily family) {
      return Endpoints.socket(family.loopback(), APPLICATION);
    }
  }

  @Test
  void aNetworkThatRedirectsNothing() {
    Map<ProxyId, ProxyResources> proxies =
        new Translator(MESH, new WithoutRedirection(), Map.of()).proxies();
    MESH.nodes()
        .values()
        .forEach(
            node -> {
              ProxyResources own = Objects.requireNonNull(proxies.get(ProxyId.of(MESH, node)));
              assertThat(addresses(own))
                  .containsExactlyElementsOf(
                      Stream.concat(
                              Stream.of("0.0.0.0:" + node.listener().orElseThrow().port()),
                              IntStream.rangeClosed(1, node.backends().size())
                                  .mapToObj(n -> "127.0.1.%d:9080".formatted(n)))
                          .toList());
              assertThat(own.clusters().get(0).getLoadAssignment().toString())
                  .contains("port_value: " + APPLICATION);
              assertThat(own.listeners().get(0).getFilterChainsList())
                  .extracting(PlacementTest::destination)
                  .containsExactly(node.listener().orElseThrow().port());
            });
  }

  private static int destination(FilterChain chain) {
    return chain.getFilterChainMatch().getDestinationPort().getValue();
  }

  private static List<String> addresses(ProxyResources resources) {
    return resources.listeners().stream()
        .flatMap(PlacementTest::addresses)
        .map(address -> address.getAddress() + ":" + address.getPortValue())
        .toList();
  }

  private static Stream<SocketAddress> addresses(Listener listener) {
    return Stream.concat(
        Stream.of(listener.getAddress().getSocketAddress()),
        listener.getAdditionalAddressesList().stream()
            .map(address -> address.getAddress().getSocketAddress()));
  }
}
