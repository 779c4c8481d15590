package colorteller.meshservice;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.controlplane.Instance;
import colorteller.controlplane.WithoutRedirection;
import colorteller.controlplane.ads.AdsEvents;
import colorteller.controlplane.ads.AdsServer;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is known of instances while documents come and go. */
class ControlPlaneTest {

  /** Another node, which the first sends to and Cloud Map knows. */
  private static final String DISCOVERED =
      """
      , "Backends": [{"VirtualService": {"VirtualServiceName": "red"}}]}}},
      "Red": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "m", "VirtualNodeName": "red",
        "Spec": {"Listeners": [{"PortMapping": {"Port": 80, "Protocol": "http"}}],
          "ServiceDiscovery": {"AWSCloudMap": {"NamespaceName": "test", "ServiceName": "red"}}}}},
      "Service": {"Type": "AWS::AppMesh::VirtualService", "Properties": {"MeshName": "m",
        "VirtualServiceName": "red", "Spec": {"Provider": {"VirtualNode": {"VirtualNodeName": "red"}}}}}
      """;

  @Test
  void aDocumentThatIsTakenBackFindsTheInstancesOfBefore() {
    Mesh whole = mesh(DISCOVERED);
    try (AdsServer ads = new AdsServer(AdsEvents.NONE)) {
      ControlPlane controlPlane = new ControlPlane(ads, WithoutRedirection::new);
      controlPlane.accept(whole);
      Map<String, Optional<String>> unknown = versions(ads);
      CloudMap red = controlPlane.services().iterator().next();
      controlPlane.accept(red, List.of(new Instance(Map.of(IpFamily.IPV4, "192.0.2.1"))));
      Map<String, Optional<String>> known = versions(ads);
      assertThat(known).isNotEqualTo(unknown);

      controlPlane.accept(mesh("}}}"));
      controlPlane.accept(whole);
      assertThat(versions(ads)).isEqualTo(known);
      controlPlane.forget(red);
      controlPlane.accept(whole);
      assertThat(versions(ads)).as("it is named again").isEqualTo(known);

      controlPlane.accept(mesh("}}}"));
      controlPlane.forget(red);
      controlPlane.accept(whole);
      assertThat(versions(ads)).isEqualTo(unknown);
    }
  }

  @Test
  void aMeshInWhosePlaceAnotherIsDescribedIsForgotten() {
    try (AdsServer ads = new AdsServer(AdsEvents.NONE)) {
      ControlPlane controlPlane = new ControlPlane(ads, WithoutRedirection::new);
      controlPlane.accept(mesh(DISCOVERED));
      assertThat(controlPlane.services()).hasSize(1);
      assertThat(controlPlane.knows("m")).isTrue();
      controlPlane.forget("m");
      assertThat(controlPlane.services()).isEmpty();
      assertThat(controlPlane.knows("m")).isFalse();
      assertThat(ads.status()).isEmpty();
      assertThat(ads.behind()).isZero();
    }
  }

  private static Map<String, Optional<String>> versions(AdsServer ads) {
    return ads.status().stream()
        .collect(toMap(status -> status.proxy().name(), status -> status.version()));
  }

  /** A mesh with a node, whose specification goes on, and whatever follows. */
  private static Mesh mesh(String more) {
    return MeshReader.read(
        Template.of(
            "test.json",
            """
            {"Resources": {
              "Mesh": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": "m"}},
              "Front": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "m", "VirtualNodeName": "front",
                "Spec": {"Listeners": [{"PortMapping": {"Port": 80, "Protocol": "http"}}]%s}}
            """
                .formatted(more),
            Map.of(),
            Map.of()));
  }
}
