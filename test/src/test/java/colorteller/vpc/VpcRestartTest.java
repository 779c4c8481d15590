package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.cli.LocalMeshes;
import colorteller.cli.VpcMeshes;
import colorteller.local.Session;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service is deployed anew while requests are made. */
@ExtendWith(NeedsNamespaces.class)
class VpcRestartTest {

  /** Without the time that its application takes to leave, requests fail, and it is told why. */
  @Test
  void failuresAreCountedAndExplained() throws Exception {
    Scenario scenario = LocalMeshes.stage("dns", "v4_only");
    Map<String, JsonNode> stacks = VpcMeshes.stacks(scenario);
    for (JsonNode stack : stacks.values()) {
      for (JsonNode variable : stack.findParents("Name")) {
        if (variable.path("Name").asText().equals("STOP_AFTER_SECONDS")) {
          ((ObjectNode) variable).put("Value", "0");
        }
      }
    }
    try (VpcNetwork network = VpcMeshes.network(stacks);
        Session session = new Session(network, scenario)) {
      session.switchTo(scenario);
      HeldResources.areThoseOfConfig(network, scenario.mesh());
      Restart.Report report =
          Restart.of(network, session, "colorteller-red", Restart.Deregister.LAST);
      assertThat(report.steps())
          .extracting(step -> step.substring(step.indexOf('s') + 1).strip())
          .containsExactly(
              "colorteller-red-2 runs and is healthy",
              "colorteller-red-2 is registered with Cloud Map",
              "colorteller-red-1 gets SIGTERM",
              "colorteller-red-1 has no application any more, its Envoy drains",
              "colorteller-red-1 has stopped",
              "colorteller-red-1 is deregistered from Cloud Map");
      assertThat(report.traffic().requests()).isPositive();
      assertThat(report.traffic().failed()).isNotEmpty();
      assertThat(report.traffic().failures().keySet())
          .allMatch(reason -> reason.contains("colorteller-red-1"));
      assertThat(network.namespaces())
          .containsKey("colorteller-red-2")
          .doesNotContainKey("colorteller-red-1");
      assertThat(session.switchTo(scenario).routes()).allMatch(route -> route.matches());
      HeldResources.areThoseOfConfig(network, scenario.mesh());
      session.supervise();
    }
  }

  /** As the templates are, no request fails where Cloud Map says who is there. */
  @ParameterizedTest
  @EnabledIfSystemProperty(named = "proof", matches = "true")
  @ValueSource(strings = {"colorteller-red", "colorteller-purple", "colorgateway"})
  void noRequestFails(String service) {
    Scenario scenario = LocalMeshes.stage("cloud", "custom");
    try (VpcNetwork network = VpcMeshes.network(VpcMeshes.stacks(scenario));
        Session session = new Session(network, scenario)) {
      session.switchTo(scenario);
      Restart.Report report = Restart.of(network, session, service, Restart.Deregister.LAST);
      assertThat(report.traffic().failures()).isEmpty();
    }
  }

  /** What would help in the other variant: an Envoy that knows all addresses of a node. */
  @Test
  @EnabledIfSystemProperty(named = "proof", matches = "true")
  void noRequestFailsInDnsWhereEveryAddressIsAnEndpoint() {
    Scenario scenario = LocalMeshes.stage("dns", "custom");
    Map<String, JsonNode> stacks = VpcMeshes.stacks(scenario);
    String name = "app-mesh-ipv6-dns-mesh";
    JsonNode template = stacks.get(name);
    template.findValues("DNS").forEach(dns -> ((ObjectNode) dns).put("ResponseType", "ENDPOINTS"));
    Scenario endpoints =
        new Scenario(
            scenario.variant(),
            scenario.stage(),
            MeshReader.read(Template.of(name, template)),
            scenario.workloads());
    try (VpcNetwork network = VpcMeshes.network(stacks);
        Session session = new Session(network, endpoints)) {
      session.switchTo(endpoints);
      Restart.Report report =
          Restart.of(network, session, "colorteller-blue", Restart.Deregister.LAST);
      assertThat(report.traffic().failures()).isEmpty();
    }
  }
}
