package colorteller.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StacksTest {

  private static final Path TEMPLATES =
      Path.of(System.getProperty("project.root", "."), "test/src/test/resources/templates/v4_only");

  @Test
  void theWalkthrough() {
    Map<String, Path> stacks = new LinkedHashMap<>();
    for (String stack : new String[] {"vpc", "ecs-cluster", "dns-mesh", "dns-ecs-service"}) {
      String name = "app-mesh-ipv6-" + stack;
      stacks.put(name, TEMPLATES.resolve(name + ".template.json"));
    }
    Deployment deployment = Stacks.read(stacks);
    System.out.println(deployment.toString().replace("], ", "],\n "));
    assertThat(deployment.vpc().subnets()).hasSize(4);
    assertThat(deployment.services()).hasSize(7);
  }
}
