package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.Mesh;
import org.junit.jupiter.api.Test;

/** What a document gives to Envoys is known: nothing stands for what only a deployment knows. */
class MeshPointerTest {

  private static final String TEMPLATE =
      """
      Resources:
        Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
        Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: shop}}
        Cart:
          Type: AWS::AppMesh::VirtualNode
          Properties:
            MeshName: shop
            VirtualNodeName: cart
            Spec:
              Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
              ServiceDiscovery: DISCOVERY
      """;

  @Test
  void anAttributeOfAResourceThatIsNotOfTheMeshIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> mesh("{DNS: {Hostname: !GetAtt Balancer.DNSName}}", ""))
        .isInstanceOf(TemplateException.class)
        .hasMessage(
            "bucket/shop.yaml: Cart.Spec.ServiceDiscovery.DNS.Hostname.Fn::GetAtt: the value of 'Balancer.DNSName' (AWS::ElasticLoadBalancingV2::LoadBalancer) is known only after a deployment; write the value, or make it a parameter");
    assertThatThrownBy(() -> mesh("{DNS: {Hostname: !Ref Balancer}}", ""))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("Hostname.Ref: the value of 'Balancer'");
  }

  @Test
  void anImportIsInTheDocumentOrIsRefused() {
    String discovery =
        "{AWSCloudMap: {NamespaceName: !ImportValue shop-namespace, ServiceName: cart}}";
    assertThatThrownBy(() -> mesh(discovery, ""))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("NamespaceName")
        .hasMessageContaining("shop-namespace");
    Mesh mesh = mesh(discovery, ", \"imports\": {\"shop-namespace\": \"shop.local\"}");
    assertThat(mesh.nodes().get("cart").serviceDiscovery().orElseThrow().host())
        .isEqualTo("cart.shop.local");
  }

  private static Mesh mesh(String discovery, String more) {
    return MeshPointer.parse("/shop/mesh", "{\"template\": \"s3://bucket/shop.yaml\"" + more + "}")
        .mesh(TEMPLATE.replace("DISCOVERY", discovery));
  }
}
