package colorteller.infra;

import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** All stacks, in the order in which they are deployed. */
final class WalkthroughStacks {

  private WalkthroughStacks() {}

  static void addTo(App app, Settings settings, List<Variant> variants) {
    Stack cluster = addShared(app, settings);
    for (Variant variant : variants) {
      addVariant(app, settings, variant).addStackDependency(cluster);
    }
  }

  /** What the variants share; returns the stack that is deployed last. */
  static Stack addShared(Construct scope, Settings settings) {
    Stack cluster = new ClusterStack(scope, settings);
    cluster.addStackDependency(new VpcStack(scope, settings));
    return cluster;
  }

  /** What a variant has of its own; returns the stack that is deployed last. */
  static Stack addVariant(Construct scope, Settings settings, Variant variant) {
    Stack services = new ServiceStack(scope, settings, variant);
    services.addStackDependency(new MeshStack(scope, settings, variant));
    return services;
  }
}
