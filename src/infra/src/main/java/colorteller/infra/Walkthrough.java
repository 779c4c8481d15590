package colorteller.infra;

import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;

/** All stacks, in the order in which they are deployed. */
final class Walkthrough {

  private Walkthrough() {}

  static void addTo(App app, Settings settings, List<Variant> variants) {
    Stack vpc = new VpcStack(app, settings);
    Stack cluster = new ClusterStack(app, settings);
    cluster.addStackDependency(vpc);
    for (Variant variant : variants) {
      Stack mesh = new MeshStack(app, settings, variant);
      Stack services = new ServiceStack(app, settings, variant);
      services.addStackDependency(cluster);
      services.addStackDependency(mesh);
    }
  }
}
