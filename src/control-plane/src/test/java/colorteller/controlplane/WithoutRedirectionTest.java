package colorteller.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that redirects nothing needs another placement, and no other translator. */
class WithoutRedirectionTest {

  private static final Path TEMPLATE =
      Path.of("src/test/resources/testdata/in/router-and-backends.yaml");

  @TempDir Path folder;

  private static Mesh mesh(Path template) {
    return MeshReader.read(Template.read(template, Map.of()));
  }

  /** The mesh of the template with some of its text in other words. */
  private Mesh changed(String from, String to) throws IOException {
    String text = Files.readString(TEMPLATE);
    assertThat(text).contains(from);
    return mesh(Files.writeString(folder.resolve("mesh.yaml"), text.replace(from, to)));
  }

  private static ProxyResources resources(Mesh mesh, Kind kind, String name) {
    return Objects.requireNonNull(
        new Translator(mesh, new WithoutRedirection(mesh), Map.of())
            .proxies()
            .get(new ProxyId(mesh.name(), kind, name)));
  }

  @Test
  void anEnvoyBindsItsNodesPortAndItsApplicationHasAnother() {
    ProxyResources blue = resources(mesh(TEMPLATE), Kind.VIRTUAL_NODE, "blue");
    assertThat(addresses(blue)).containsExactly(":::8080");
    assertThat(blue.clusters().get(0).getLoadAssignment().toString())
        .contains("127.0.0.1", "port_value: 18080");
    assertThat(
            blue.listeners().get(0).getFilterChains(0).getFilterChainMatch().getDestinationPort())
        .extracting(port -> port.getValue())
        .isEqualTo(8080);
  }

  @Test
  void eachBackendHasALoopbackAddressOfItsOwnWithThePortOfTheVirtualService() {
    Mesh mesh = mesh(TEMPLATE);
    Map<String, String> names = new WithoutRedirection(mesh).addresses();
    assertThat(names).containsOnlyKeys("red.mesh.local", "both.mesh.local");
    assertThat(names.values()).doesNotHaveDuplicates().allMatch(a -> a.startsWith("127."));
    assertThat(addresses(resources(mesh, Kind.VIRTUAL_NODE, "front")))
        .containsExactly(
            ":::9080", names.get("both.mesh.local") + ":80", names.get("red.mesh.local") + ":9080");
  }

  /** Hosted zones are changed by a deployment, listeners by the control plane, at other times. */
  @Test
  void anotherBackendMovesNone() throws IOException {
    String red = new WithoutRedirection(mesh(TEMPLATE)).addresses().get("red.mesh.local");
    Mesh less =
        changed(
            "          - VirtualService: {VirtualServiceName: !GetAtt RouterService.VirtualServiceName}\n",
            "");
    assertThat(new WithoutRedirection(less).addresses())
        .isEqualTo(Map.of("red.mesh.local", Objects.requireNonNull(red)));
  }

  @Test
  void aGatewaySendsToItselfWhereNobodyElseCan() {
    assertThat(addresses(resources(mesh(TEMPLATE), Kind.VIRTUAL_GATEWAY, "gateway")))
        .containsExactly(":::9080", "127.0.0.1:15001");
  }

  /** Whoever answers for a name answers for all below it, and DNS knows no case. */
  @ParameterizedTest
  @ValueSource(
      strings = {"red.mesh.local", "Red.Mesh.Local", "v1.red.mesh.local", "a.V1.RED.mesh.local"})
  void refusesAVirtualServiceThatHidesTheHostNameOfANode(String host) throws IOException {
    Mesh mesh = changed("Hostname: red.svc.local", "Hostname: " + host);
    assertThatThrownBy(() -> new WithoutRedirection(mesh))
        .isInstanceOf(UntranslatableMesh.class)
        .hasMessage(
            "The virtual service red.mesh.local has the host name %s by which the virtual node red is looked up, or one above it, so its name cannot lead to a loopback address; give the node Cloud Map service discovery, or the virtual service another name",
            host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mesh.local", "blue.mesh.local", "infrared.mesh.local"})
  void hidesNoNameBesideOrAbove(String host) throws IOException {
    assertThat(
            new WithoutRedirection(changed("Hostname: red.svc.local", "Hostname: " + host))
                .addresses())
        .containsKey("red.mesh.local");
  }

  /** Two zones of a name cannot be in a VPC, and one address cannot be another's as well. */
  @Test
  void refusesTwoVirtualServicesThatDnsCannotTellApart() throws IOException {
    Mesh mesh = changed("both.mesh.local", "RED.mesh.local");
    assertThatThrownBy(() -> new WithoutRedirection(mesh))
        .isInstanceOf(UntranslatableMesh.class)
        .hasMessageContainingAll("RED.mesh.local", "red.mesh.local", "same loopback address");
  }

  @Test
  void refusesAPortThatIsNeededTwice() throws IOException {
    Mesh mesh = changed("Port: 8080", "Port: 9901");
    assertThatThrownBy(() -> new WithoutRedirection(mesh))
        .isInstanceOf(UntranslatableMesh.class)
        .hasMessageContaining("The virtual node blue would need port 9901 twice");
  }

  @ParameterizedTest
  @ValueSource(ints = {9901, 15001})
  void norDoesAGateway(int port) throws IOException {
    Mesh mesh = gatewayAt(port);
    assertThatThrownBy(() -> new WithoutRedirection(mesh))
        .isInstanceOf(UntranslatableMesh.class)
        .hasMessage(
            "The virtual gateway gateway would need port %d twice: Envoy's admin interface listens on 9901, and what a gateway sends to itself comes to 15001; give the gateway another port",
            port);
  }

  private Mesh gatewayAt(int port) throws IOException {
    String text = Files.readString(TEMPLATE);
    int gateway = text.indexOf("AWS::AppMesh::VirtualGateway");
    return mesh(
        Files.writeString(
            folder.resolve("mesh.yaml"),
            text.substring(0, gateway)
                + text.substring(gateway).replaceFirst("Port: \\d+", "Port: " + port)));
  }

  @Test
  void anApplicationsPortIsAPort() {
    assertThat(WithoutRedirection.applicationPort(80)).isEqualTo(10_080);
    assertThat(WithoutRedirection.applicationPort(55_535)).isEqualTo(65_535);
    assertThat(WithoutRedirection.applicationPort(55_536)).isEqualTo(45_536);
  }

  private static List<String> addresses(ProxyResources resources) {
    return resources.listeners().stream()
        .flatMap(WithoutRedirectionTest::addresses)
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
