package colorteller.cli;

import colorteller.local.Session;
import colorteller.vpc.VpcNetwork;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/** What can be asked of a mesh that is up in a VPC, and of no other. */
record VpcOrders(VpcNetwork network) {

  /**
   * Those of a session.
   *
   * @throws UnusableInput if its mesh is not in a VPC
   */
  static VpcOrders of(Session session) {
    if (session.local().network() instanceof VpcNetwork network) {
      return new VpcOrders(network);
    }
    throw new UnusableInput(
        "The mesh that is up has no VPC; end it, and start one with: ./walkthrough up --network vpc");
  }

  /** The command that leads into a namespace, as a JSON array. */
  ArrayNode shell(String name) {
    List<String> names = List.copyOf(network.namespaces().keySet());
    if (!names.contains(name)) {
      throw new UnusableInput(
          "shell '%s' is not allowed; allowed are %s".formatted(name, String.join(", ", names)));
    }
    ArrayNode command = JsonNodeFactory.instance.arrayNode();
    network.inside(name).forEach(command::add);
    return command;
  }

  /** How a person looks inside. */
  static String guide(VpcNetwork network) {
    StringBuilder out =
        new StringBuilder(
            "These are addresses in the VPC. To look inside, in another terminal: ./walkthrough shell NAME\n");
    network
        .namespaces()
        .forEach(
            (name, addresses) ->
                out.append("  %-22s %s\n".formatted(name, String.join("  ", addresses))));
    return out.toString();
  }
}
