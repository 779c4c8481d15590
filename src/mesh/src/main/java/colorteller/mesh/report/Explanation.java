package colorteller.mesh.report;

import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.RouteTable.Considered;
import colorteller.mesh.RouteTable.Entry;
import colorteller.mesh.RouteTable.Way;
import colorteller.mesh.VirtualService;
import colorteller.mesh.template.Place;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which way a request takes and why, step by step, with where each step stands in the templates.
 *
 * @param scenario the mesh and what runs behind its nodes
 * @param request the request
 * @param places where resources stand; see {@link colorteller.mesh.template.MeshReader#places}
 * @param result what it should give, and what it gave if real Envoys were asked
 */
public record Explanation(
    Scenario scenario, Request request, Map<String, Place> places, RouteResult result) {

  /** A route that could have taken the request, with where it stands. */
  public record Candidate(Entry route, Optional<Place> place, Optional<String> whyNot) {}

  public Way way() {
    return request.way();
  }

  public Optional<Place> place(String type, String name) {
    return Optional.ofNullable(places.get(type + "/" + name));
  }

  /** The gateway's routes, in the order in which they are tried. */
  public List<Candidate> gatewayRoutes() {
    return candidates(
        way().gatewayRoutes(), "GatewayRoute", request.gateway().map(g -> g.name()).orElse(""));
  }

  /** The virtual router's routes, likewise. */
  public List<Candidate> routes() {
    return candidates(way().routes(), "Route", router().orElse(""));
  }

  private List<Candidate> candidates(List<Considered> considered, String type, String parent) {
    return considered.stream()
        .map(
            one ->
                new Candidate(
                    one.route(), place(type, parent + "/" + one.route().name()), one.whyNot()))
        .toList();
  }

  /** The name of the virtual service's router; empty where it has none. */
  public Optional<String> router() {
    return way()
        .service()
        .flatMap(VirtualService::provider)
        .filter(VirtualService.Provider.Router.class::isInstance)
        .map(provider -> ((VirtualService.Provider.Router) provider).name());
  }

  public Expectation expected() {
    return result.expected(IpFamily.IPV4);
  }

  /** As {@code docs/json.md} says. */
  public String toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("mesh", scenario.mesh().name());
    write(json.putArray("gatewayRoutes"), gatewayRoutes());
    JsonReport.write(json.putObject("behindGateway"), way().call());
    way()
        .service()
        .ifPresentOrElse(
            service -> named(json.putObject("virtualService"), "VirtualService", service.name()),
            () -> json.putNull("virtualService"));
    router()
        .ifPresentOrElse(
            name -> named(json.putObject("virtualRouter"), "VirtualRouter", name),
            () -> json.putNull("virtualRouter"));
    write(json.putArray("routes"), routes());
    ArrayNode targets = json.putArray("targets");
    double sum = way().weights();
    way()
        .targets()
        .forEach(
            target -> {
              ObjectNode one = targets.addObject();
              named(one, "VirtualNode", target.node().name());
              one.put("share", target.weight() / sum);
              one.put("port", target.listener().port());
              one.put("protocol", target.listener().protocol().word());
              one.put("host", target.node().serviceDiscovery().map(d -> d.host()).orElse(null));
              one.put(
                  "application",
                  scenario.mesh().effectivePreference(target.node()).localApplication().loopback());
            });
    way()
        .elsewhere()
        .forEach(
            target -> {
              ObjectNode one = targets.addObject();
              named(one, "VirtualNode", target.node());
              one.put("share", target.weight() / sum);
              one.put("port", target.port());
              one.put("protocol", target.protocol().word());
              one.putNull("host");
              one.putNull("application");
            });
    JsonReport.write(json.putObject("request"), result);
    return json.toPrettyString();
  }

  private void write(ArrayNode array, List<Candidate> candidates) {
    candidates.forEach(
        candidate -> {
          ObjectNode json = array.addObject();
          json.put("name", candidate.route().name());
          put(json, candidate.place());
          json.put("whyNot", candidate.whyNot().orElse(null));
        });
  }

  private void named(ObjectNode json, String type, String name) {
    json.put("name", name);
    put(json, place(type, name));
  }

  private static void put(ObjectNode json, Optional<Place> place) {
    json.put("file", place.map(p -> p.file().toString()).orElse(null));
    json.put("place", place.map(Place::path).orElse(null));
  }
}
