package colorteller.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A change translates what depends on it, and nothing else. */
class ChangedTest {

  private static final String SHOP =
      """
      {"Resources": {
        "Mesh": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": "shop"}},
        "A": NODE a [b.local], "B": NODE b [], "C": NODE c [d.local], "D": NODE d [],
        "Router": {"Type": "AWS::AppMesh::VirtualRouter", "Properties": {"MeshName": "shop", "VirtualRouterName": "b",
          "Spec": {"Listeners": [{"PortMapping": {"Port": 80, "Protocol": "http"}}]}}},
        "Route": {"Type": "AWS::AppMesh::Route", "Properties": {"MeshName": "shop", "VirtualRouterName": "b",
          "RouteName": "b", "Spec": {"HttpRoute": {"Match": {"Prefix": "PREFIX"}, "Action": {
            "WeightedTargets": [{"VirtualNode": "b", "Weight": 1}]}}}}},
        "ServiceB": {"Type": "AWS::AppMesh::VirtualService", "Properties": {"MeshName": "shop",
          "VirtualServiceName": "b.local", "Spec": {"Provider": {"VirtualRouter": {"VirtualRouterName": "b"}}}}},
        "ServiceD": {"Type": "AWS::AppMesh::VirtualService", "Properties": {"MeshName": "shop",
          "VirtualServiceName": "d.local", "Spec": {"Provider": {"VirtualNode": {"VirtualNodeName": "d"}}}}}
      }}
      """
          .replaceAll(
              "NODE (\\w) \\[(.*?)\\]",
              """
              {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "shop", "VirtualNodeName": "$1",
               "Spec": {"Listeners": [{"PortMapping": {"Port": 80, "Protocol": "http"}}],
               "ServiceDiscovery": {"DNS": {"Hostname": "$1.local"}},
               "Backends": [{"VirtualService": {"VirtualServiceName": "$2"}}]}}}\
              """)
          .replace("[{\"VirtualService\": {\"VirtualServiceName\": \"\"}}]", "[]");

  @Example
  void aRouteIsForThoseWhoSendByIt() throws Exception {
    Translator before = translator(new ObjectMapper().readTree(SHOP.replace("PREFIX", "/")));
    Translator after = translator(new ObjectMapper().readTree(SHOP.replace("PREFIX", "/v2")));
    assertThat(after.changed(before)).extracting(ProxyId::name).containsExactly("a");
    assertThat(afterAll(before, after)).isEqualTo(after.proxies());
  }

  /** Whatever the meshes are, it is as if there had been nothing before. */
  @Property(edgeCases = EdgeCasesMode.NONE)
  void itIsAsIfThereHadBeenNothingBefore(
      @ForAll("templates") ObjectNode one, @ForAll("templates") ObjectNode other) {
    ObjectNode mixed = one.deepCopy();
    // The same mesh but for what one of its nodes and routes are.
    ((ObjectNode) mixed.path("Resources"))
        .set("VirtualNode0", other.path("Resources").path("VirtualNode0"));
    Translator before = translator(one);
    Translator after = translator(mixed);
    assertThat(afterAll(before, after)).isEqualTo(after.proxies());
  }

  @Provide
  Arbitrary<ObjectNode> templates() {
    return RandomMeshes.valid();
  }

  /** What there was, with what has changed in its place. */
  private static Map<ProxyId, ProxyResources> afterAll(Translator before, Translator after) {
    Map<ProxyId, ProxyResources> resources = new HashMap<>(before.proxies());
    resources.keySet().retainAll(after.ids());
    after.changed(before).forEach(id -> resources.put(id, after.proxy(id).orElseThrow()));
    return resources;
  }

  private static Translator translator(JsonNode template) {
    Mesh mesh = MeshReader.read(Template.of("changed", template));
    return new Translator(
        mesh,
        new AwsTask(),
        Instance.ofEachNode(mesh, node -> IpFamily.dual(), (node, family) -> "192.0.2.1"));
  }
}
