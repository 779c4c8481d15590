package colorteller.page;

import colorteller.mesh.Cause;
import colorteller.mesh.IpFamily;
import colorteller.mesh.report.Observation;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Run;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The page as HTML: what is observed is in it, so that it says the same without JavaScript. With
 * JavaScript it is drawn, and follows what happens.
 */
public final class PageHtml {

  /** Where the page's files are on the class path. */
  static final String FILES = "colorteller/page/web";

  /** The page's modules, by the names by which they import each other, with their files. */
  private static final Map<String, String> MODULES = modules();

  /** Those of them that a browser may have. */
  static final List<String> SERVED =
      Stream.concat(MODULES.values().stream(), Stream.of("page.js", "page.css", "icon.svg"))
          .toList();

  private static final Template TEMPLATE =
      Mustache.compiler().emptyStringIsFalse(true).defaultValue("").compile(text("page.html"));

  private PageHtml() {}

  private static Map<String, String> modules() {
    Map<String, String> modules = new LinkedHashMap<>();
    for (String name :
        List.of("draw", "elements", "picture", "stages", "table", "traffic", "words", "proxies")) {
      modules.put("page/" + name, name + ".js");
    }
    modules.put("dagre", "lib/dagre.esm.js");
    return modules;
  }

  /**
   * One request. Where nothing was observed, text is empty, and of a node that sends, the gateway.
   */
  record Row(
      String name,
      String path,
      String gateway,
      String node,
      String hue,
      String outcome,
      String cause,
      String outcomeIpv6,
      String causeIpv6,
      Cell ipv4,
      Cell ipv6,
      String healthy,
      String why) {}

  /**
   * What a request gave through one of its gateway's addresses.
   *
   * @param kind {@code ok}, {@code error} as it should be, or {@code differs}
   */
  record Cell(String kind, String text) {}

  record StageButton(String name, boolean running) {}

  record Choice(String key, List<Value> values) {}

  record Value(String name, boolean chosen) {}

  /**
   * A stage's table.
   *
   * @param what is shown, with the label: {@code Variant dns, stage}, or {@code Mesh}
   */
  record Table(String what, String label, String preference, List<Row> rows) {}

  /** The page of a mesh that runs. */
  static String served(State state, Stages stages, ObjectNode json, String nonce, String token) {
    Map<String, Object> page = common(state, nonce);
    page.put("live", true);
    page.put("token", token);
    page.put("failure", json.path("failure").asText());
    page.put(
        "stages",
        stages.names().stream()
            .map(name -> new StageButton(name, name.equals(state.run().label())))
            .toList());
    List<Choice> choices = new ArrayList<>();
    stages
        .preferences(state.scenario())
        .forEach(
            (key, now) ->
                choices.add(
                    new Choice(
                        key,
                        Stages.values().stream()
                            .map(value -> new Value(value, value.equals(now)))
                            .toList())));
    page.put("choices", choices);
    page.put("main", "page.js");
    page.put("imports", script(imports("/%s"::formatted)));
    page.put("json", script(json));
    return TEMPLATE.execute(page);
  }

  /**
   * A finished run in one file, which needs no server.
   *
   * @param states at least one
   * @param failure why there are fewer than were asked for, if so
   */
  public static String file(List<State> states, Optional<String> failure) {
    String nonce = Guard.random();
    State first = states.get(0);
    Map<String, Object> page = common(first, nonce);
    page.put("live", false);
    page.put("failure", failure.orElse(""));
    page.put("style", text("page.css"));
    page.put("others", states.stream().skip(1).map(PageHtml::table).toList());
    page.put("imports", script(imports(PageHtml::dataUrl)));
    page.put("main", dataUrl("file.js"));
    ArrayNode runs = JsonNodeFactory.instance.arrayNode();
    states.forEach(
        state -> runs.add(StateJson.of(state, new Stages(List.of(state.scenario())), failure)));
    page.put("json", script(runs));
    return TEMPLATE.execute(page);
  }

  private static Map<String, Object> common(State state, String nonce) {
    Run run = state.run();
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("nonce", nonce);
    page.put("mesh", run.mesh());
    page.put("variant", run.variant().orElse(""));
    page.put("table", table(state));
    page.put(
        "gateways",
        state.urls().entrySet().stream()
            .map(
                gateway ->
                    Map.of(
                        "name", gateway.getKey(), "urls", List.copyOf(gateway.getValue().values())))
            .toList());
    return page;
  }

  private static Table table(State state) {
    Run run = state.run();
    return new Table(
        run.variant()
            .map("Variant %s, stage"::formatted)
            .orElse(run.stage().isPresent() ? "Stage" : "Mesh"),
        run.label(),
        run.preference().toString(),
        run.routes().stream().map(route -> row(state, route)).toList());
  }

  private static Row row(State state, RouteResult route) {
    return new Row(
        state.run().name(route),
        route.path(),
        route.gateway().orElse(""),
        route.node().orElse(""),
        route
            .node()
            .map(name -> Objects.requireNonNull(state.scenario().mesh().nodes().get(name)))
            .map(new Topology(state)::hue)
            .orElse(""),
        route.observed(IpFamily.IPV4).map(Observation::outcome).orElse(""),
        cause(route, IpFamily.IPV4),
        route.observed(IpFamily.IPV6).map(Observation::outcome).orElse(""),
        cause(route, IpFamily.IPV6),
        cell(route, IpFamily.IPV4),
        cell(route, IpFamily.IPV6),
        route.healthy().map(healthy -> healthy ? "yes" : "no").orElse("not checked"),
        why(route));
  }

  private static String cause(RouteResult route, IpFamily entry) {
    return route.observed(entry).stream()
        .flatMap(observation -> observation.causes().stream())
        .findFirst()
        .map(Cause::label)
        .orElse("");
  }

  private static Cell cell(RouteResult route, IpFamily entry) {
    if (!route.expected().containsKey(entry)) {
      return new Cell("", "-");
    }
    if (route.difference(entry).isPresent()) {
      return new Cell(
          "differs",
          "%s, not %s"
              .formatted(
                  RouteResult.was(route.observed(entry).orElseThrow()), route.should(entry)));
    }
    return new Cell(
        route.expected(entry).answer().isPresent() ? "ok" : "error", route.should(entry));
  }

  private static String why(RouteResult route) {
    String ipv4 = why(route, IpFamily.IPV4);
    String ipv6 = route.expected().containsKey(IpFamily.IPV6) ? why(route, IpFamily.IPV6) : ipv4;
    return ipv4.equals(ipv6) ? ipv4 : "%s Through IPv6: %s".formatted(ipv4, ipv6);
  }

  private static String why(RouteResult route, IpFamily entry) {
    return route.difference(entry).orElseGet(() -> route.expected(entry).explanation());
  }

  private interface Place {
    String of(String file);
  }

  private static JsonNode imports(Place place) {
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    ObjectNode imports = map.putObject("imports");
    MODULES.forEach((name, file) -> imports.put(name, place.of(file)));
    return map;
  }

  /** JSON within a script element: nothing in it can end the element. */
  private static String script(JsonNode json) {
    return json.toString().replace("<", "\\u003c");
  }

  private static String dataUrl(String file) {
    return "data:text/javascript;base64,"
        + Base64.getEncoder().encodeToString(text(file).getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String file) {
    String path = "/%s/%s".formatted(FILES, file);
    try (InputStream in = PageHtml.class.getResourceAsStream(path)) {
      return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }
}
