package colorteller.mesh.report;

import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.VirtualNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs as JSON; {@code docs/json.md} says what each field means. */
public final class JsonReport {

  private JsonReport() {}

  /**
   * Runs as JSON.
   *
   * @param runs in order
   * @param failure why there are fewer runs than were asked for, if so
   */
  public static String of(List<Run> runs, Optional<String> failure) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ArrayNode array = root.putArray("runs");
    runs.forEach(run -> run(array.addObject(), run));
    failure.ifPresent(why -> root.put("failure", why));
    return root.toPrettyString();
  }

  private static void run(ObjectNode json, Run run) {
    json.put("variant", run.variant().orElse(null));
    json.put("stage", run.stage().orElse(null));
    json.put("mesh", run.mesh().name());
    json.put("preference", run.mesh().preference().appMeshName().orElse(null));
    run.converged().map(Duration::toMillis).ifPresent(ms -> json.put("convergedMillis", ms));
    run.rounds().ifPresent(rounds -> json.put("rounds", rounds));
    ArrayNode routes = json.putArray("routes");
    run.routes().forEach(route -> route(routes.addObject(), route));
  }

  private static void route(ObjectNode json, RouteResult route) {
    json.put("gateway", route.request().gateway().name());
    json.put("path", route.request().path());
    json.put("color", route.color().orElse(null));
    json.put("node", route.request().node().map(VirtualNode::name).orElse(null));
    expected(json.putObject("expected"), route.expected(IpFamily.IPV4));
    route
        .observed(IpFamily.IPV4)
        .ifPresent(
            observation -> {
              ObjectNode observed = json.putObject("observed");
              observed.put("status", observation.status().orElse(null));
              observed.put("body", observation.body());
              outcome(observed, observation);
              json.put("healthy", route.healthy().orElse(null));
            });
    ObjectNode viaIpv6 = json.putObject("viaIpv6");
    route
        .observed(IpFamily.IPV6)
        .ifPresent(
            observation -> {
              viaIpv6.put("status", observation.status().orElse(null));
              outcome(viaIpv6, observation);
            });
    expected(viaIpv6.putObject("expected"), route.expected(IpFamily.IPV6));
    if (!route.observed().isEmpty()) {
      json.put("matches", route.matches());
    }
  }

  private static void outcome(ObjectNode json, Observation observation) {
    json.put("outcome", observation.outcome());
    List<String> causes = observation.causes().stream().sorted().map(Cause::label).toList();
    json.put("cause", causes.size() == 1 ? causes.get(0) : null);
    if (causes.size() > 1) {
      causes.forEach(json.putArray("possibleCauses")::add);
    }
    observation.problem().ifPresent(problem -> json.put("problem", problem));
  }

  private static void expected(ObjectNode json, Expectation expectation) {
    json.put("outcome", expectation.outcome());
    ArrayNode causes = json.putArray("causes");
    expectation.causes().forEach(cause -> causes.add(cause.label()));
    json.put("explanation", expectation.explanation());
  }
}
