package colorteller.mesh.lint;

import colorteller.mesh.template.TemplateException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The rules of {@code lint}: what each looks for, and what to do about it. */
public enum LintRule {
  // spotless:off
  //                       kind          what finds it                        what to do
  NOT_ALLOWED(             Kind.REFUSED, linted -> Stream.empty(),            "write what App Mesh allows there"),
  RESERVED_PATH(           Kind.REFUSED, RouteChecks::reservedPath,           "choose another path or service"),
  WEIGHTS_OVER_100(        Kind.REFUSED, RouteChecks::weightsOver100,         "write weights of the same proportions whose sum is at most 100"),
  RETRY_WITHOUT_EVENTS(    Kind.REFUSED, RouteChecks::retryWithoutEvents,     "say after what to retry, such as HttpRetryEvents: [server-error]"),
  ROUTE_PROTOCOL(          Kind.REFUSED, RouteChecks::routeProtocol,          "write the route for the listener's protocol, or change the listener"),
  TARGET_PROTOCOL(         Kind.TRAP,    RouteChecks::targetProtocol,         "send to a listener of the route's protocol"),
  AMBIGUOUS_PORT(          Kind.REFUSED, RouteChecks::ambiguousPort,          "name the port"),
  HEALTH_CHECK_PATH(       Kind.IGNORED, NodeChecks::healthCheckPath,         "leave the path out, or check by http"),
  DISABLED_TLS(            Kind.IGNORED, NodeChecks::disabledTls,             "choose STRICT or PERMISSIVE, or leave TLS out"),
  TLS_OF_CLIENT_ONLY(      Kind.TRAP,    TlsChecks::tlsOfClientOnly,          "give the listener TLS, or do not enforce it"),
  CLIENT_CERTIFICATE(      Kind.TRAP,    TlsChecks::clientCertificate,        "give the client policy a certificate, or take the listener's validation away"),
  NO_ADDRESS(              Kind.TRAP,    NodeChecks::noAddress,               "register the address that the preference asks for, or prefer another"),
  LISTENER_FAMILY(         Kind.TRAP,    NodeChecks::listenerFamily,          "give the node or its mesh an IP preference"),
  APPLICATION_FAMILY(      Kind.TRAP,    NodeChecks::applicationFamily,       "let the application listen there, or prefer the other family"),
  WEIGHTS_ALL_ZERO(        Kind.TRAP,    RouteChecks::weightsAllZero,         "give at least one target a weight"),
  ROUTE_NEVER_MATCHES(     Kind.TRAP,    Shadows::neverMatches,               "take the route away, correct what it asks for, or let it be tried first by its priority"),
  UNKNOWN_BACKEND(         Kind.TRAP,    RouteChecks::unknownBackend,         "correct the name, or read the template that has it, too (--template)"),
  NO_PROVIDER(             Kind.TRAP,    RouteChecks::noProvider,             "give the virtual service a provider"),
  TCP_BACKENDS_AT_ONE_PORT(Kind.TRAP,    RouteChecks::tcpBackendsAtOnePort,   "give each a port of its own"),
  ROUTER_WITHOUT_ROUTES(   Kind.TRAP,    RouteChecks::routerWithoutRoutes,    "add a route"),
  RETRY_LONGER_THAN_LIMIT( Kind.TRAP,    RouteChecks::retryLongerThanLimit,   "shorten PerRetryTimeout, or raise the route's time-out"),
  LISTENER_LIMIT(          Kind.TRAP,    RouteChecks::listenerLimit,          "raise the time-out of the node's listener, too");
  // spotless:on

  /** What becomes of what a rule finds. */
  public enum Kind {
    /** App Mesh would not have taken it. */
    REFUSED("App Mesh would have refused it"),
    /** App Mesh took it and did nothing with it. */
    IGNORED("it does nothing"),
    /** It does something else than it seems to say. */
    TRAP("it does not do what it seems to say");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }

    /** As JSON spells it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Finds places, each with a reason. */
  interface Check {
    Stream<Found> in(Linted linted);
  }

  private final Kind kind;
  private final Check check;
  private final String remedy;

  LintRule(Kind kind, Check check, String remedy) {
    this.kind = kind;
    this.check = check;
    this.remedy = remedy;
  }

  public Kind kind() {
    return kind;
  }

  /** What to do about it, in the imperative. */
  public String remedy() {
    return remedy;
  }

  /** As a person and JSON spell it, such as {@code weights-all-zero}. */
  public String id() {
    return Objects.requireNonNull(name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  /** What stands in the way of a mesh that the rules could look at. */
  public static List<Finding> findings(TemplateException.Refused refused) {
    return refused.all().stream()
        .map(one -> new Finding(NOT_ALLOWED, one.place(), sentence(one.problem())))
        .toList();
  }

  private static String sentence(String problem) {
    return problem.substring(0, 1).toUpperCase(Locale.ROOT) + problem.substring(1) + ".";
  }

  /** What all rules find, by rule. */
  public static List<Finding> findings(Linted linted) {
    return Arrays.stream(values())
        .flatMap(
            rule ->
                rule.check
                    .in(linted)
                    .map(found -> new Finding(rule, found.place(), found.reason())))
        .toList();
  }
}
