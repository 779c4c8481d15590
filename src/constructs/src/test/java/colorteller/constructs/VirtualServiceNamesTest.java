package colorteller.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.controlplane.UntranslatableMesh;
import colorteller.controlplane.WithoutRedirection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;
import software.amazon.awscdk.services.appmesh.Backend;
import software.amazon.awscdk.services.appmesh.Mesh;
import software.amazon.awscdk.services.appmesh.ServiceDiscovery;
import software.amazon.awscdk.services.appmesh.VirtualNode;
import software.amazon.awscdk.services.appmesh.VirtualNodeListener;
import software.amazon.awscdk.services.appmesh.VirtualService;
import software.amazon.awscdk.services.appmesh.VirtualServiceProvider;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.servicediscovery.DnsRecordType;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespaceAttributes;
import software.amazon.awscdk.services.servicediscovery.RoutingPolicy;
import software.amazon.awscdk.services.servicediscovery.Service;
import software.amazon.awscdk.services.servicediscovery.ServiceAttributes;

/** The names by which applications call a backend. */
class VirtualServiceNamesTest {

  private static final String ZONE = "AWS::Route53::HostedZone";
  private static final String RECORD = "AWS::Route53::RecordSet";

  private final App app =
      new App(AppProps.builder().analyticsReporting(false).autoSynth(false).build());
  private final Stack stack = new Stack(app, "shop");

  /** The cart's backend is the virtual service {@code prices.shop}, behind another node. */
  private MeshDocument mesh(String name, boolean hasBackend, String host) {
    return mesh(name, "prices.shop", hasBackend, ServiceDiscovery.dns(host));
  }

  private MeshDocument mesh(
      String name, String serviceName, boolean hasBackend, ServiceDiscovery discovery) {
    return MeshDocument.ofConstructs(
        stack,
        name,
        "/" + name,
        apart -> {
          Mesh mesh = Mesh.Builder.create(apart, "Mesh").meshName(name).build();
          VirtualNode prices = node(apart, mesh, "prices", discovery);
          VirtualService service =
              VirtualService.Builder.create(apart, "PricesService")
                  .virtualServiceName(serviceName)
                  .virtualServiceProvider(VirtualServiceProvider.virtualNode(prices))
                  .build();
          VirtualNode cart = node(apart, mesh, "cart", ServiceDiscovery.dns("cart.nodes"));
          if (hasBackend) {
            cart.addBackend(Backend.virtualService(service));
          }
        });
  }

  private static VirtualNode node(Stack apart, Mesh mesh, String name, ServiceDiscovery discovery) {
    return VirtualNode.Builder.create(apart, name)
        .mesh(mesh)
        .virtualNodeName(name)
        .serviceDiscovery(discovery)
        .listeners(List.of(VirtualNodeListener.http()))
        .build();
  }

  private Template names(MeshDocument... meshes) {
    new VirtualServiceNames(
        stack, "Names", Vpc.Builder.create(stack, "Vpc").build(), List.of(meshes));
    return Template.fromStack(stack);
  }

  @Test
  void aBackendsNameLeadsToTheLoopbackAddressWhereTheEnvoyTakesIt() {
    MeshDocument shop = mesh("shop", true, "prices.nodes");
    String address = new WithoutRedirection(shop.mesh()).addresses().get("prices.shop");
    assertThat(address).startsWith("127.").doesNotStartWith("127.0.");

    Template template = names(shop);
    template.resourceCountIs(ZONE, 1);
    template.hasResourceProperties(ZONE, Map.of("Name", "prices.shop.", "VPCs", Match.anyValue()));
    template.resourceCountIs(RECORD, 1);
    template.hasResourceProperties(
        RECORD,
        Map.of(
            "Name", "prices.shop.",
            "Type", "A",
            "TTL", "10",
            "ResourceRecords", List.of(address)));
  }

  @Test
  void twoMeshesShareAName() {
    names(mesh("one", true, "prices.nodes"), mesh("two", true, "prices.nodes"))
        .resourceCountIs(ZONE, 1);
  }

  @Test
  void whatNobodyCallsHasNoName() {
    names(mesh("shop", false, "prices.nodes")).resourceCountIs(ZONE, 0);
  }

  /** Who looks the node up would find the loopback address. */
  @Test
  void theHostNameOfANodeCannotLeadThere() {
    assertThatThrownBy(() -> mesh("shop", true, "prices.shop"))
        .isInstanceOf(UntranslatableMesh.class)
        .hasMessageContaining("The virtual service prices.shop has the host name")
        .hasMessageContaining("give the node Cloud Map service discovery, or the virtual service");
  }

  /** Whose Envoys are in the same VPC, and ask the same DNS server. */
  @Test
  void norTheHostNameOfAnotherMesh() {
    MeshDocument shop = mesh("shop", true, "prices.nodes");
    MeshDocument bank = mesh("bank", false, "v1.Prices.shop");
    assertThatThrownBy(() -> names(bank, shop))
        .isInstanceOf(UntranslatableMesh.class)
        .hasMessageStartingWith(shop.file() + ": ")
        .hasMessageContaining("The virtual service prices.shop has the host name v1.Prices.shop");
  }

  @Test
  void aNameOfAnotherCaseIsTheSame() {
    names(
            mesh("one", true, "prices.nodes"),
            mesh("two", "Prices.Shop", true, ServiceDiscovery.dns("prices.nodes")))
        .resourceCountIs(ZONE, 1);
  }

  /** Route 53 would refuse the second zone of that name in the middle of a deployment. */
  @Test
  void aCloudMapNamespaceHasThatZone() {
    MeshDocument shop = mesh("shop", "Shop.local", true, cloudMap("shop.local"));
    assertThatThrownBy(() -> names(shop))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: the virtual service Shop.local is named as a Cloud Map namespace, and a VPC takes one private hosted zone of a name; give the virtual service another name, such as one below it",
            shop.file());
  }

  /** As the example's, whose Envoys find the node by Cloud Map's API. */
  @Test
  void aNameOfACloudMapServiceIsNoneThatEnvoysLookUp() {
    names(mesh("shop", "prices.shop.local", true, cloudMap("shop.local")))
        .hasResourceProperties(ZONE, Map.of("Name", "prices.shop.local."));
  }

  private ServiceDiscovery cloudMap(String namespace) {
    return ServiceDiscovery.cloudMap(
        Service.fromServiceAttributes(
            stack,
            "Service",
            ServiceAttributes.builder()
                .serviceName("prices")
                .serviceId("srv-1")
                .serviceArn("arn:aws:servicediscovery:eu-west-1:111111111111:service/srv-1")
                .dnsRecordType(DnsRecordType.A)
                .routingPolicy(RoutingPolicy.MULTIVALUE)
                .namespace(
                    PrivateDnsNamespace.fromPrivateDnsNamespaceAttributes(
                        stack,
                        "Namespace",
                        PrivateDnsNamespaceAttributes.builder()
                            .namespaceName(namespace)
                            .namespaceId("ns-1")
                            .namespaceArn(
                                "arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-1")
                            .build()))
                .build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Control-Plane.shop.local", "shop.local"})
  void theControlPlaneIsNotHidden(String service) {
    MeshDocument shop = mesh("shop", service, true, ServiceDiscovery.dns("prices.nodes"));
    Vpc vpc = Vpc.Builder.create(stack, "Vpc").build();
    ControlPlane.Place place =
        new ControlPlane.Place(
            Cluster.Builder.create(stack, "Cluster").vpc(vpc).build(),
            vpc.getPrivateSubnets(),
            PrivateDnsNamespace.Builder.create(stack, "Namespace")
                .name("shop.local")
                .vpc(vpc)
                .build(),
            SecurityGroup.Builder.create(stack, "Group").vpc(vpc).build());
    LogDriver logs = LogDriver.awsLogs(AwsLogDriverProps.builder().streamPrefix("x").build());
    assertThatThrownBy(
            () ->
                new ControlPlane(
                    stack,
                    "ControlPlane",
                    "shop",
                    place,
                    logs,
                    List.of(shop),
                    new MeshCertificates.Parameters("/shop")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: the virtual service %s has the host name control-plane.shop.local by which Envoys find the control plane, or one above it, so its name cannot lead to a loopback address; give it another name, or the control plane another namespace",
            shop.file(), service);
  }
}
