package colorteller.cli;

import colorteller.account.Account;
import colorteller.account.Functions;
import colorteller.account.Moto;
import colorteller.deployment.Stacks;
import colorteller.mesh.report.Scenario;
import colorteller.synthesis.Assembly;
import colorteller.vpc.Images;
import colorteller.vpc.VpcNetwork;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** The walkthrough's stacks, and networks of what they deploy. */
public final class VpcMeshes {

  private VpcMeshes() {}

  /** The templates of a variant's stacks by their names, to be changed at will. */
  public static Map<String, JsonNode> stacks(Scenario scenario) {
    return NetworkOption.assembly(scenario, List.of()).templates();
  }

  public static VpcNetwork network(Map<String, JsonNode> stacks) {
    return new VpcNetwork(images(), Stacks.read(stacks));
  }

  /** Those of a variant with a control plane of their own. */
  public static Assembly ownEnvoys(Scenario scenario) {
    return NetworkOption.assembly(scenario, List.of("backend=envoy"));
  }

  /** A network of such stacks in an empty account. */
  public static VpcNetwork network(Assembly assembly) {
    return network(assembly, new Account(moto(), new Functions(Machine.root())));
  }

  public static VpcNetwork network(Assembly assembly, Account account) {
    return new VpcNetwork(
        images(), Stacks.read(assembly.templates()), account, assembly.documents());
  }

  public static Moto moto() {
    return new Moto(Machine.moto());
  }

  public static Functions functions() {
    return new Functions(Machine.root());
  }

  private static Images images() {
    return NetworkOption.images(Machine.envoy());
  }
}
