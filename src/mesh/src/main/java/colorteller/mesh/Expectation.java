package colorteller.mesh;

import colorteller.mesh.RouteTable.Elsewhere;
import colorteller.mesh.RouteTable.Target;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What one request should give, and why. Computed from the route table, the preference table and
 * the workloads alone, never from an observation.
 *
 * @param answer what the application answers, where several share the requests the one that gets
 *     most; empty for an error
 * @param causes of an error, in the order in which a request meets them; all that apply, even
 *     though a client sees only the first
 * @param explanation one or more sentences for a reader
 * @param shares what each of several targets gives; empty where there is one target at most
 */
public record Expectation(
    Optional<String> answer, List<Cause> causes, String explanation, List<Share> shares) {

  /** The outcome of a request that does not succeed. */
  public static final String ERROR = "error";

  private static final Duration NO_LIMIT = Duration.ofDays(1);

  private static final Expectation ELSEWHERE =
      new Expectation(
          Optional.empty(),
          List.of(Cause.SERVICE_DISCOVERY),
          "The virtual node is not in these templates, so nobody here knows where it is.");

  /**
   * What a part of all such requests gives.
   *
   * @param node the virtual node that gets it
   * @param part how large a part, more than 0 and at most 1
   * @param expected what it gives
   */
  public record Share(String node, double part, Expectation expected) {

    /** Such as {@code 12.5 %}. */
    public String percent() {
      return percent(part);
    }

    /** The part, as {@link #percent()} writes it. */
    public static String percent(double part) {
      return BigDecimal.valueOf(part * 100)
              .setScale(2, RoundingMode.HALF_UP)
              .stripTrailingZeros()
              .toPlainString()
          + " %";
    }
  }

  /** Of a request that can end in one way only. */
  public Expectation(Optional<String> answer, List<Cause> causes, String explanation) {
    this(answer, causes, explanation, List.of());
  }

  /** The body of a request that succeeds, or {@link #ERROR}. */
  public String outcome() {
    return answer.orElse(ERROR);
  }

  /** All that a single request may give. */
  public List<Expectation> possible() {
    return shares.isEmpty() ? List.of(this) : shares.stream().map(Share::expected).toList();
  }

  /**
   * What a request gives that its first Envoy takes at an address of a family.
   *
   * @param mesh the mesh
   * @param request the request
   * @param workloads what runs behind each node, by the node's name
   * @param entry the family of the gateway's address, or of that at which a node's Envoy takes what
   *     the node sends
   */
  public static Expectation of(
      Mesh mesh, Request request, Map<String, Workload> workloads, IpFamily entry) {
    Optional<VirtualGateway> gateway = request.gateway();
    if (gateway.isPresent() && !mesh.preference().listenerBinding().families().contains(entry)) {
      return new Expectation(
          Optional.empty(),
          List.of(Cause.LISTENER),
          "%s, so the gateway listens on IPv4 only; nothing answers at its IPv6 address."
              .formatted(
                  mesh.isElsewhere()
                      ? "The mesh is elsewhere, and taken for one without an IP preference"
                      : "The mesh has no IP preference"));
    }
    List<Share> shares = new ArrayList<>();
    String sender = gateway.isPresent() ? "the gateway" : request.sender().name();
    double sum = request.way().weights();
    for (Target target : request.way().targets()) {
      shares.add(
          new Share(
              target.node().name(),
              target.weight() / sum,
              of(mesh, sender, target, request, workloads)));
    }
    for (Elsewhere elsewhere : request.way().elsewhere()) {
      shares.add(new Share(elsewhere.node(), elsewhere.weight() / sum, ELSEWHERE));
    }
    if (shares.isEmpty()) {
      return new Expectation(
          Optional.empty(),
          List.of(),
          "No virtual node gets this %s. %s"
              .formatted(
                  request.call().protocol().hasRequests() ? "request" : "connection",
                  request.way().whyNowhere()));
    }
    if (shares.size() == 1) {
      return shares.get(0).expected();
    }
    Expectation most =
        shares.stream().max(Comparator.comparingDouble(Share::part)).orElseThrow().expected();
    return new Expectation(most.answer(), most.causes(), explanation(shares), shares);
  }

  private static String explanation(List<Share> shares) {
    return String.join(
        " ",
        shares.stream()
            .map(
                share ->
                    "%s gets %s of such requests: %s"
                        .formatted(share.node(), share.percent(), share.expected().explanation()))
            .toList());
  }

  private static Expectation of(
      Mesh mesh, String sender, Target target, Request request, Map<String, Workload> workloads) {
    VirtualNode node = target.node();
    Workload workload = Objects.requireNonNull(workloads.get(node.name()));
    IpPreference preference = mesh.effectivePreference(node);
    IpFamily local = preference.localApplication();
    Optional<IpFamily> address = address(node, preference, workload);
    List<Cause> causes = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    sentences.add(inForce(mesh, node));
    if (node.serviceDiscovery().isEmpty()) {
      causes.add(Cause.SERVICE_DISCOVERY);
      sentences.add("It has no service discovery, so nobody can find it.");
    } else if (address.isEmpty()) {
      causes.add(Cause.SERVICE_DISCOVERY);
      sentences.add(
          "It can be discovered by %s only, and %s asks for %s only, so %s has no address to send to."
              .formatted(
                  families(workload.discovery()),
                  sender,
                  families(Set.copyOf(order(node, preference))),
                  sender));
    } else {
      sentences.add(capitalized("%s sends to its %s address.".formatted(sender, address.get())));
      if (!preference.listenerBinding().families().contains(address.get())) {
        causes.add(Cause.LISTENER);
        sentences.add(
            "Without a preference the node's Envoy listens on IPv4 only and refuses the connection.");
      }
      tls(request, target)
          .ifPresent(
              why -> {
                causes.add(Cause.TLS);
                sentences.add(why);
              });
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
    Optional<Fault> fault =
        workload
            .standIn()
            .map(told -> request.call().fault().orElse(told))
            .filter(told -> causes.isEmpty() && told.fails(limit(request, target)));
    fault.ifPresent(told -> sentences.add("There it is told to fail: %s.".formatted(told)));
    return new Expectation(
        causes.isEmpty() && fault.isEmpty() ? Optional.of(workload.answer()) : Optional.empty(),
        List.copyOf(causes),
        String.join(" ", sentences));
  }

  /**
   * How long the answer to a request may take: the least of the route's, what it gives each try,
   * and the listener's, which ends a try, too.
   */
  private static Duration limit(Request request, Target target) {
    Optional<VirtualRouter.Route> route = request.way().route();
    Stream<Duration> ofRequests =
        Stream.of(
                route.map(VirtualRouter.Route::timeouts).orElse(Timeouts.DEFAULT),
                target.listener().timeouts())
            .map(timeouts -> timeouts.perRequest().orElse(Timeouts.DEFAULT_PER_REQUEST));
    Stream<Duration> ofTries =
        route.flatMap(VirtualRouter.Route::retries).map(RetryPolicy::perRetryTimeout).stream();
    return Stream.concat(ofRequests, ofTries)
        .filter(limit -> !limit.isZero())
        .min(Comparator.naturalOrder())
        .orElse(NO_LIMIT);
  }

  /** Why the two sides of a connection cannot agree on encryption, if so. */
  private static Optional<String> tls(Request request, Target target) {
    Optional<ListenerTls> server = target.listener().encryption();
    Optional<ClientTls> client = policy(request).filter(tls -> tls.isFor(target.listener().port()));
    if (server.isEmpty()) {
      return client
          .filter(ClientTls::enforced)
          .map(tls -> "Its client policy enforces TLS, and the node's listener has none.");
    }
    return server
        .flatMap(ListenerTls::validation)
        .filter(validation -> client.flatMap(ClientTls::certificate).isEmpty())
        .map(
            validation ->
                "The node's listener asks for a client's certificate, and there is none to show.");
  }

  /** The client policy of a request's sender for the virtual service. */
  private static Optional<ClientTls> policy(Request request) {
    if (request.sender() instanceof Sender.Node sender) {
      return sender.node().backends().stream()
          .filter(
              backend ->
                  request
                      .way()
                      .service()
                      .filter(service -> service.name().equals(backend.virtualService()))
                      .isPresent())
          .findFirst()
          .flatMap(Backend::tls)
          .or(sender.node()::tls);
    }
    return request.gateway().flatMap(VirtualGateway::tls);
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
    return node.serviceDiscovery().orElse(null) instanceof ServiceDiscovery.CloudMap
        ? preference.cloudMapOrder()
        : preference.dnsLookup().order();
  }

  private static String families(Set<IpFamily> families) {
    return families.size() == 2 ? "IPv4 and IPv6" : families.iterator().next().toString();
  }

  private static String capitalized(String sentence) {
    return sentence.startsWith("the ") ? "T" + sentence.substring(1) : sentence;
  }
}
