package colorteller.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.controlplane.UntranslatableMesh;
import colorteller.controlplane.WithoutRedirection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
import software.amazon.awscdk.services.ec2.Vpc;

/** The names by which applications call a backend. */
class VirtualServiceNamesTest {

  private static final String ZONE = "AWS::Route53::HostedZone";
  private static final String RECORD = "AWS::Route53::RecordSet";

  private final App app =
      new App(AppProps.builder().analyticsReporting(false).autoSynth(false).build());
  private final Stack stack = new Stack(app, "shop");

  /** The cart's backend is the virtual service {@code prices.shop}, behind another node. */
  private MeshDocument mesh(String name, boolean hasBackend, String host) {
    return MeshDocument.ofConstructs(
        stack,
        name,
        "/" + name,
        apart -> {
          Mesh mesh = Mesh.Builder.create(apart, "Mesh").meshName(name).build();
          VirtualNode prices = node(apart, mesh, "prices", host);
          VirtualService service =
              VirtualService.Builder.create(apart, "PricesService")
                  .virtualServiceName("prices.shop")
                  .virtualServiceProvider(VirtualServiceProvider.virtualNode(prices))
                  .build();
          VirtualNode cart = node(apart, mesh, "cart", "cart.nodes");
          if (hasBackend) {
            cart.addBackend(Backend.virtualService(service));
          }
        });
  }

  private static VirtualNode node(Stack apart, Mesh mesh, String name, String host) {
    return VirtualNode.Builder.create(apart, name)
        .mesh(mesh)
        .virtualNodeName(name)
        .serviceDiscovery(ServiceDiscovery.dns(host))
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
}
