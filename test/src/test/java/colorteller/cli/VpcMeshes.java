package colorteller.cli;

import colorteller.mesh.report.Scenario;
import colorteller.vpc.VpcNetwork;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** The walkthrough's stacks, and networks of what they deploy. */
public final class VpcMeshes {

  private VpcMeshes() {}

  /** The templates of a variant's stacks by their names, to be changed at will. */
  public static Map<String, JsonNode> stacks(Scenario scenario) {
    return NetworkOption.stacks(scenario, List.of());
  }

  public static VpcNetwork network(Map<String, JsonNode> stacks) {
    return NetworkOption.vpc(Machine.envoy(), stacks);
  }
}
