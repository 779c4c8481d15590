package colorteller.mesh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What one request through the gateway should give, and why. Computed from the preference table and
 * the workload alone, never from an observation.
 *
 * @param answer what the application answers; empty for an error
 * @param causes of an error, in the order in which a request meets them; all that apply, even
 *     though a client sees only the first
 * @param explanation one or more sentences for a reader
 */
public record Expectation(Optional<String> answer, List<Cause> causes, String explanation) {

  /** The outcome of a request that does not succeed. */
  public static final String ERROR = "error";

  /** The body of a request that succeeds, or {@link #ERROR}. */
  public String outcome() {
    return answer.orElse(ERROR);
  }

  /**
   * What a request gives that enters through its gateway's address of a family.
   *
   * @param mesh the mesh
   * @param request the request
   * @param workloads what runs behind each node, by the node's name
   * @param entry the family of the gateway's address
   */
  public static Expectation of(
      Mesh mesh, Request request, Map<String, Workload> workloads, IpFamily entry) {
    if (!mesh.preference().listenerBinding().families().contains(entry)) {
      return new Expectation(
          Optional.empty(),
          List.of(Cause.LISTENER),
          "The mesh has no IP preference, so the gateway listens on IPv4 only; nothing answers at"
              + " its IPv6 address.");
    }
    return request
        .node()
        .map(node -> of(mesh, node, Objects.requireNonNull(workloads.get(node.name()))))
        .orElseGet(
            () ->
                new Expectation(
                    Optional.empty(), List.of(), "No virtual node is behind this path."));
  }

  private static Expectation of(Mesh mesh, VirtualNode node, Workload workload) {
    IpPreference preference = mesh.effectivePreference(node);
    IpFamily local = preference.localApplication();
    Optional<IpFamily> address = address(node, preference, workload);
    List<Cause> causes = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    sentences.add(inForce(mesh, node));
    if (address.isEmpty()) {
      causes.add(Cause.SERVICE_DISCOVERY);
      sentences.add(
          "It can be discovered by %s only, and the gateway asks for %s only, so the gateway has no address to send to."
              .formatted(
                  families(workload.discovery()), families(Set.copyOf(order(node, preference)))));
    } else {
      sentences.add("The gateway sends to its %s address.".formatted(address.get()));
      if (!preference.listenerBinding().families().contains(address.get())) {
        causes.add(Cause.LISTENER);
        sentences.add(
            "Without a preference the node's Envoy listens on IPv4 only and refuses the connection.");
      }
    }
    if (workload.application().contains(local)) {
      if (causes.isEmpty()) {
        sentences.add(
            "The node's Envoy passes the request to the application at %s, and the application listens there."
                .formatted(local.loopback()));
      }
    } else {
      causes.add(Cause.APPLICATION);
      sentences.add(
          "%sthe node's Envoy %s the application at %s, and the application listens on %s only."
              .formatted(
                  causes.size() > 1
                      ? "Even if the request reached it, "
                      : "The request reaches it, but ",
                  causes.size() > 1 ? "would look for" : "looks for",
                  local.loopback(),
                  families(workload.application())));
    }
    return new Expectation(
        causes.isEmpty() ? Optional.of(workload.answer()) : Optional.empty(),
        List.copyOf(causes),
        String.join(" ", sentences));
  }

  private static String inForce(Mesh mesh, VirtualNode node) {
    if (node.preference() != IpPreference.NONE) {
      return "%s has %s of its own.".formatted(node.name(), node.preference());
    }
    return mesh.preference() == IpPreference.NONE
        ? "Neither %s nor its mesh has an IP preference.".formatted(node.name())
        : "%s has %s from its mesh.".formatted(node.name(), mesh.preference());
  }

  /** The family of the address that an Envoy sending to a node uses, if it finds one. */
  private static Optional<IpFamily> address(
      VirtualNode node, IpPreference preference, Workload workload) {
    return order(node, preference).stream().filter(workload.discovery()::contains).findFirst();
  }

  private static List<IpFamily> order(VirtualNode node, IpPreference preference) {
    return node.serviceDiscovery().orElseThrow() instanceof ServiceDiscovery.Dns
        ? preference.dnsLookup().order()
        : preference.cloudMapOrder();
  }

  private static String families(Set<IpFamily> families) {
    return families.size() == 2 ? "IPv4 and IPv6" : families.iterator().next().toString();
  }
}
