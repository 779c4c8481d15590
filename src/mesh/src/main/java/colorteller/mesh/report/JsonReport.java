package colorteller.mesh.report;

import colorteller.mesh.Call;
import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Protocol;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs, as JSON and from JSON; {@code docs/json.md} says what each field means.
 *
 * @param runs in order
 * @param failure why there are fewer runs than were asked for, if so
 */
public record JsonReport(List<Run> runs, Optional<String> failure) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** As {@link #toString} writes it. */
  public static JsonReport read(String text) {
    try {
      JsonNode root = JSON.readTree(text);
      List<Run> runs = new ArrayList<>();
      root.path("runs").forEach(run -> runs.add(readRun(run)));
      return new JsonReport(runs, text(root, "failure"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a report: " + text, e);
    }
  }

  @Override
  public String toString() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode array = root.putArray("runs");
    runs.forEach(run -> write(array.addObject(), run));
    failure.ifPresent(why -> root.put("failure", why));
    return root.toPrettyString();
  }

  private static void write(ObjectNode json, Run run) {
    json.put("variant", run.variant().orElse(null));
    json.put("stage", run.stage().orElse(null));
    json.put("mesh", run.mesh());
    json.put("preference", run.preference().appMeshName().orElse(null));
    run.converged().map(Duration::toMillis).ifPresent(ms -> json.put("convergedMillis", ms));
    run.rounds().ifPresent(rounds -> json.put("rounds", rounds));
    ArrayNode routes = json.putArray("routes");
    run.routes().forEach(route -> write(routes.addObject(), route));
  }

  private static Run readRun(JsonNode json) {
    List<RouteResult> routes = new ArrayList<>();
    json.path("routes").forEach(route -> routes.add(readRoute(route)));
    return new Run(
        text(json, "variant"),
        text(json, "stage"),
        json.path("mesh").asText(),
        text(json, "preference").map(IpPreference::of).orElse(IpPreference.NONE),
        present(json, "convergedMillis").map(ms -> Duration.ofMillis(ms.asLong())),
        present(json, "rounds").map(JsonNode::asInt),
        routes);
  }

  static void write(ObjectNode json, RouteResult route) {
    json.put("from", route.from());
    json.put("gateway", route.gateway().orElse(null));
    write(json, route.call());
    json.put("misses", route.misses().orElse(null));
    json.put("color", route.color().orElse(null));
    json.put("node", route.node().orElse(null));
    write(json.putObject("expected"), route.expected(IpFamily.IPV4));
    route
        .observed(IpFamily.IPV4)
        .ifPresent(
            observation -> {
              ObjectNode observed = json.putObject("observed");
              observed.put("status", observation.status().orElse(null));
              observed.put("body", observation.body());
              writeOutcome(observed, observation);
              json.put("healthy", route.healthy().orElse(null));
            });
    if (route.expected().containsKey(IpFamily.IPV6)) {
      ObjectNode viaIpv6 = json.putObject("viaIpv6");
      route
          .observed(IpFamily.IPV6)
          .ifPresent(
              observation -> {
                viaIpv6.put("status", observation.status().orElse(null));
                writeOutcome(viaIpv6, observation);
              });
      write(viaIpv6.putObject("expected"), route.expected(IpFamily.IPV6));
    } else {
      json.putNull("viaIpv6");
    }
    if (!route.observed().isEmpty()) {
      json.put("matches", route.matches());
    }
  }

  private static RouteResult readRoute(JsonNode json) {
    JsonNode viaIpv6 = json.path("viaIpv6");
    Map<IpFamily, Observation> observed = new EnumMap<>(IpFamily.class);
    present(json, "observed").ifPresent(o -> observed.put(IpFamily.IPV4, readObservation(o)));
    if (viaIpv6.has("outcome")) {
      observed.put(IpFamily.IPV6, readObservation(viaIpv6));
    }
    Map<IpFamily, Expectation> expected = new EnumMap<>(IpFamily.class);
    expected.put(IpFamily.IPV4, readExpectation(json.path("expected")));
    present(viaIpv6, "expected").ifPresent(e -> expected.put(IpFamily.IPV6, readExpectation(e)));
    return new RouteResult(
        json.path("from").asText(),
        text(json, "gateway"),
        readCall(json),
        text(json, "misses"),
        text(json, "node"),
        text(json, "color"),
        expected,
        observed,
        present(json, "healthy").map(JsonNode::asBoolean));
  }

  static void write(ObjectNode json, Call call) {
    json.put("path", call.path());
    json.put("protocol", call.protocol().word());
    json.put("method", call.method());
    json.put("scheme", call.scheme());
    json.put("host", call.host());
    json.put("port", call.port());
    ObjectNode headers = json.putObject("headers");
    call.headers().forEach(headers::put);
  }

  private static Call readCall(JsonNode json) {
    SortedMap<String, String> headers = new TreeMap<>();
    json.path("headers").properties().forEach(h -> headers.put(h.getKey(), h.getValue().asText()));
    return new Call(
        Protocol.of(json.path("protocol").asText()),
        json.path("port").asInt(),
        json.path("method").asText(),
        json.path("scheme").asText(),
        json.path("host").asText(),
        json.path("path").asText(),
        headers);
  }

  private static void writeOutcome(ObjectNode json, Observation observation) {
    json.put("outcome", observation.outcome());
    List<String> causes = observation.causes().stream().sorted().map(Cause::label).toList();
    json.put("cause", causes.size() == 1 ? causes.get(0) : null);
    if (causes.size() > 1) {
      causes.forEach(json.putArray("possibleCauses")::add);
    }
    observation.problem().ifPresent(problem -> json.put("problem", problem));
  }

  /** What came through IPv6 has no body of its own: it is the answer, where there is one. */
  private static Observation readObservation(JsonNode json) {
    Set<Cause> causes = new LinkedHashSet<>(readCauses(json.path("possibleCauses")));
    text(json, "cause").map(JsonReport::cause).ifPresent(causes::add);
    return new Observation(
        present(json, "status").map(JsonNode::asInt),
        text(json, "body").or(() -> text(json, "outcome")).orElse(""),
        readAnswer(json),
        causes,
        text(json, "problem"));
  }

  private static void write(ObjectNode json, Expectation expectation) {
    json.put("outcome", expectation.outcome());
    ArrayNode causes = json.putArray("causes");
    expectation.causes().forEach(cause -> causes.add(cause.label()));
    json.put("explanation", expectation.explanation());
    if (!expectation.shares().isEmpty()) {
      ArrayNode shares = json.putArray("shares");
      expectation
          .shares()
          .forEach(
              share -> {
                ObjectNode one = shares.addObject();
                one.put("node", share.node()).put("share", share.part());
                write(one, share.expected());
              });
    }
  }

  private static Expectation readExpectation(JsonNode json) {
    List<Expectation.Share> shares = new ArrayList<>();
    json.path("shares")
        .forEach(
            share ->
                shares.add(
                    new Expectation.Share(
                        share.path("node").asText(),
                        share.path("share").asDouble(),
                        readExpectation(share))));
    return new Expectation(
        readAnswer(json),
        readCauses(json.path("causes")),
        json.path("explanation").asText(),
        shares);
  }

  private static Optional<String> readAnswer(JsonNode json) {
    return text(json, "outcome").filter(outcome -> !outcome.equals(Expectation.ERROR));
  }

  private static List<Cause> readCauses(JsonNode labels) {
    List<Cause> causes = new ArrayList<>();
    labels.forEach(label -> causes.add(cause(label.asText())));
    return causes;
  }

  private static Cause cause(String label) {
    return Stream.of(Cause.values())
        .filter(cause -> cause.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no cause is called " + label));
  }

  private static Optional<String> text(JsonNode json, String field) {
    return present(json, field).map(JsonNode::asText);
  }

  private static Optional<JsonNode> present(JsonNode json, String field) {
    return Optional.of(json.path(field)).filter(node -> !node.isMissingNode() && !node.isNull());
  }
}
