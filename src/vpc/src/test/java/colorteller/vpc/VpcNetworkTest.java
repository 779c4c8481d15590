package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.deployment.Deployment;
import colorteller.deployment.Stacks;
import colorteller.local.Session;
import colorteller.mesh.Mesh;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.WorkloadReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VpcNetworkTest {

  private static final Path TEMPLATES =
      Path.of(System.getProperty("project.root", "."), "test/src/test/resources/templates");

  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  void everyStage(String variant) {
    Map<String, Path> stacks = new LinkedHashMap<>();
    for (String stack :
        new String[] {"vpc", "ecs-cluster", variant + "-mesh", variant + "-ecs-service"}) {
      stacks.put("app-mesh-ipv6-" + stack, template("v4_only", stack));
    }
    Deployment deployment = Stacks.read(stacks);
    String application =
        Path.of(System.getProperty("project.root", "."), "src/colorteller/target/classes")
            .toString();
    long begin = System.nanoTime();
    try (Session session =
        new Session(
            new VpcNetwork(Path.of(System.getenv("ENVOY")), application, deployment),
            scenario(variant, "v4_only"))) {
      System.out.println("up after " + (System.nanoTime() - begin) / 1_000_000);
      for (String stage :
          List.of(
              "v4_only", "v4_preferred", "v6_only", "v6_preferred", "override", "custom", "none")) {
        Run run = session.switchTo(scenario(variant, stage));
        System.out.println(stage + " after " + (System.nanoTime() - begin) / 1_000_000);
        run.routes()
            .forEach(
                route ->
                    System.out.println(
                        stage + " " + route.path() + " " + route.observed() + " " + route.healthy() + " " + route.matches()));
        assertThat(run.matches()).isTrue();
        session.supervise();
      }
    }
    System.out.println("all after " + (System.nanoTime() - begin) / 1_000_000);
  }

  private static Path template(String stage, String stack) {
    return TEMPLATES.resolve(stage).resolve("app-mesh-ipv6-" + stack + ".template.json");
  }

  private static Scenario scenario(String variant, String stage) {
    Mesh mesh = MeshReader.read(Template.read(template(stage, variant + "-mesh"), Map.of()));
    return new Scenario(
        Optional.of(variant),
        Optional.of(stage),
        mesh,
        WorkloadReader.read(
            Template.read(template("v4_only", variant + "-ecs-service"), Map.of()), mesh));
  }
}
