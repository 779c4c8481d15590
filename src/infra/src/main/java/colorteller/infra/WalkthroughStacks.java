package colorteller.infra;

import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** All stacks, in the order in which they are deployed. */
final class WalkthroughStacks {

  private WalkthroughStacks() {}

  static void addTo(App app, Settings settings, List<Variant> variants) {
    Stack cluster = addCluster(app, settings);
    List<MeshStack> meshes = addMeshes(app, settings, variants);
    List<Stack> before =
        settings.backend() == Backend.ENVOY
            ? List.of(cluster, addControlPlane(app, settings, cluster, meshes))
            : List.of(cluster);
    for (int i = 0; i < meshes.size(); i++) {
      Stack services = new ServiceStack(app, settings, variants.get(i), meshes.get(i));
      services.addStackDependency(meshes.get(i));
      before.forEach(services::addStackDependency);
    }
  }

  /**
   * What the variants share, with what must be there before it: the meshes, if a control plane of
   * our own serves them.
   */
  static void addShared(Construct scope, Settings settings) {
    Stack cluster = addCluster(scope, settings);
    if (settings.backend() == Backend.ENVOY) {
      addControlPlane(
          scope, settings, cluster, addMeshes(scope, settings, List.of(Variant.values())));
    }
  }

  /** What a variant has of its own, where what is shared is there already. */
  static void addVariant(Construct scope, Settings settings, Variant variant) {
    MeshStack mesh = new MeshStack(scope, settings, variant);
    new ServiceStack(scope, settings, variant, mesh).addStackDependency(mesh);
  }

  private static Stack addCluster(Construct scope, Settings settings) {
    Stack cluster = new ClusterStack(scope, settings);
    cluster.addStackDependency(new VpcStack(scope, settings));
    return cluster;
  }

  private static List<MeshStack> addMeshes(
      Construct scope, Settings settings, List<Variant> variants) {
    return variants.stream().map(variant -> new MeshStack(scope, settings, variant)).toList();
  }

  private static Stack addControlPlane(
      Construct scope, Settings settings, Stack cluster, List<MeshStack> meshes) {
    Stack controlPlane = new ControlPlaneStack(scope, settings, meshes);
    controlPlane.addStackDependency(cluster);
    meshes.forEach(controlPlane::addStackDependency);
    return controlPlane;
  }
}
