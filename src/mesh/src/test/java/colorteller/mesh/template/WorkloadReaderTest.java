package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.ServiceDiscovery.Dns;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadReaderTest {

  private static final Path SERVICES = Path.of("src/test/resources/services.yaml");

  private static final Map<String, Workload> EXPECTED =
      Map.of(
          "red", new Workload(IpFamily.parse("ipv4"), IpFamily.parse("ipv4"), "crimson"),
          "blue", new Workload(IpFamily.dual(), IpFamily.dual(), "azure"));

  @TempDir Path folder;

  @Test
  void nodesFoundByDns() {
    Mesh mesh = mesh(new Dns("red.svc.local"), new Dns("blue.wherever.local."));
    assertThat(WorkloadReader.read(Template.read(SERVICES, Map.of()), mesh)).isEqualTo(EXPECTED);
  }

  @Test
  void nodesFoundByCloudMap() {
    Mesh mesh = mesh(new CloudMap("svc.local", "red"), new CloudMap("wherever", "blue"));
    assertThat(WorkloadReader.read(Template.read(SERVICES, Map.of()), mesh)).isEqualTo(EXPECTED);
  }

  /** One change to the template, and what is said about it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          Name: blue                   | Name: bleu         | : there is no AWS::ServiceDiscovery::Service for the host name 'blue.svc.local', which virtual node 'blue' is discovered by; there are red.svc.local, bleu, red.other.local
          Name: svc.local              | Name: svc.lokal    | : there is no AWS::ServiceDiscovery::Service for the host name 'red.svc.local', which virtual node 'red' is discovered by; there are red.svc.lokal, blue, red.other.local
          Name: other.local            | Name: svc.local    | : OtherRed: is, like RedRecords, an AWS::ServiceDiscovery::Service for the host name 'red.svc.local', which virtual node 'red' is discovered by; keep one
          [{Type: A, TTL: 300}]}       | []}                | : RedRecords.DnsConfig.DnsRecords: is empty; a service that can be discovered has A or AAAA records
          DnsRecords: [{Type: A, TTL: 300}]} | TTL: 1}       | : RedRecords.DnsConfig: has no DnsRecords; a service that can be discovered has A or AAAA records
          Type: AAAA                   | Type: MX           | : BlueRecords.DnsConfig.DnsRecords[1].Type: 'MX' is not allowed; allowed are A, AAAA
          mesh/colors/virtualNode/red  | mesh/x/virtualNode/red | : there is no AWS::ECS::TaskDefinition with a container whose APPMESH_RESOURCE_ARN is 'mesh/colors/virtualNode/red'
          virtualNode/blue             | virtualNode/red    | : BlueTask.ContainerDefinitions: is the second task of 'mesh/colors/virtualNode/red', after RedTask.ContainerDefinitions
          Value: dual                  | Value: ipv5        | : BlueTask.ContainerDefinitions.IP_FAMILY: 'ipv5' is not allowed; allowed are ipv4, ipv6, dual
          Name: IP_FAMILY              | Name: IP_FAMILIES  | : RedTask.ContainerDefinitions: no container sets IP_FAMILY in its Environment
          Value: crimson               | Value: !ImportValue c | : RedTask.ContainerDefinitions[0].Environment[0].Value: the value comes from another stack (Fn::ImportValue 'c'), which only a deployment knows; write the value, or make it a parameter
          """)
  void oneChange(String before, String after, String said) throws IOException {
    String good = Files.readString(SERVICES);
    assertThat(good).contains(before);
    Path file = folder.resolve("services.yaml");
    Files.writeString(file, good.replace(before, after));
    Mesh mesh = mesh(new Dns("red.svc.local"), new Dns("blue.svc.local"));
    assertThatThrownBy(() -> WorkloadReader.read(Template.read(file, Map.of()), mesh))
        .isInstanceOf(TemplateException.class)
        .hasMessage(file + said);
  }

  private static Mesh mesh(ServiceDiscovery red, ServiceDiscovery blue) {
    Map<String, VirtualNode> nodes = new LinkedHashMap<>();
    nodes.put("red", node("red", Optional.of(red)));
    nodes.put("blue", node("blue", Optional.of(blue)));
    // A node that only sends needs no workload.
    nodes.put("client", node("client", Optional.empty()));
    return new Mesh("colors", IpPreference.NONE, false, Map.of(), Map.of(), Map.of(), nodes);
  }

  private static VirtualNode node(String name, Optional<ServiceDiscovery> discovery) {
    Optional<Listener> listener = discovery.map(d -> Listener.of(9080, Protocol.HTTP));
    return VirtualNode.of(name, IpPreference.NONE, listener, discovery);
  }
}
