package colorteller.cli;

import colorteller.local.Session;
import colorteller.local.Traffic;
import colorteller.vpc.Restart;
import colorteller.vpc.VpcNetwork;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** What can be asked of a mesh that is up in a VPC, and of no other. */
final class VpcOrders {

  private final Session session;
  // One deployment would count what fails because of another.
  private final AtomicReference<String> deployed = new AtomicReference<>();

  VpcOrders(Session session) {
    this.session = session;
  }

  private VpcNetwork network() {
    if (session.local().network() instanceof VpcNetwork network) {
      return network;
    }
    throw new UnusableInput(
        "The mesh that is up has no VPC; end it, and start one with: ./walkthrough up --network vpc");
  }

  /** The command that leads into a namespace, as a JSON array. */
  ArrayNode shell(String name) {
    VpcNetwork network = network();
    List<String> names = List.copyOf(network.namespaces().keySet());
    if (!names.contains(name)) {
      throw new UnusableInput(
          "shell '%s' is not allowed; allowed are %s".formatted(name, String.join(", ", names)));
    }
    ArrayNode command = JsonNodeFactory.instance.arrayNode();
    network.inside(name).forEach(command::add);
    return command;
  }

  /**
   * Deploys a service anew while requests are made.
   *
   * @param words the service's name, and when Cloud Map forgets its old tasks
   * @return what happened, as a person reads it, and how many requests failed
   */
  ObjectNode restart(String words) {
    VpcNetwork network = network();
    int end = words.lastIndexOf(' ');
    String service = words.substring(0, Math.max(end, 0));
    Set<String> services = network.services().keySet();
    if (!services.contains(service)) {
      throw new UnusableInput(
          "restart '%s' is not allowed; allowed are %s"
              .formatted(service, String.join(", ", services)));
    }
    if (!deployed.compareAndSet(null, service)) {
      throw new UnusableInput(
          "%s is still being deployed, also if ./walkthrough restart was ended; try again in up to a minute"
              .formatted(deployed.get()));
    }
    try {
      return report(
          Restart.of(
              network,
              session,
              service,
              Restart.Deregister.valueOf(words.substring(end + 1).toUpperCase(Locale.ROOT))));
    } finally {
      deployed.set(null);
    }
  }

  private static ObjectNode report(Restart.Report report) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("text", text(report))
        .put("failed", report.traffic().failed().size());
  }

  private static String text(Restart.Report report) {
    Traffic.Result traffic = report.traffic();
    StringBuilder out = new StringBuilder();
    report.steps().forEach(step -> out.append(step).append("\n"));
    out.append(
        "%d requests in %.0f s, of which %d failed%s"
            .formatted(
                traffic.requests(),
                traffic.lasted().toMillis() / 1e3,
                traffic.failed().size(),
                traffic.failed().isEmpty() ? "." : ":"));
    traffic.failures().forEach((reason, count) -> out.append("\n%7d  %s".formatted(count, reason)));
    return out.toString();
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
