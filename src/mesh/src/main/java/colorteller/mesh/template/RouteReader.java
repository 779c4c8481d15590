package colorteller.mesh.template;

import static colorteller.mesh.template.Properties.child;
import static colorteller.mesh.template.Properties.duration;
import static colorteller.mesh.template.Properties.list;
import static colorteller.mesh.template.Properties.number;
import static colorteller.mesh.template.Properties.oneOf;
import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.PathMatch;
import colorteller.mesh.Protocol;
import colorteller.mesh.RetryPolicy;
import colorteller.mesh.RetryPolicy.Event;
import colorteller.mesh.Rewrite;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.RouteTable;
import colorteller.mesh.Timeouts;
import colorteller.mesh.VirtualRouter.Route;
import colorteller.mesh.WeightedTarget;
import colorteller.mesh.template.MeshResources.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads the routes of virtual routers, and those of gateways. */
record RouteReader(MeshResources resources) {

  Route route(Resource resource) {
    Place spec = resource.specPlace();
    String kind = oneOf(resource.spec(), spec, "GrpcRoute", "Http2Route", "HttpRoute", "TcpRoute");
    JsonNode route = resource.spec().path(kind);
    Place place = spec.child(kind);
    return new Route(
        resource.name(),
        priority(resource),
        protocol(kind),
        match(kind, route, place),
        list(route.path("Action"), "WeightedTargets", place.child("Action"), this::target),
        child(route, "RetryPolicy", place, RouteReader::retries),
        child(route, "Timeout", place, ListenerReader::timeouts).orElse(Timeouts.DEFAULT));
  }

  GatewayRoute gatewayRoute(Resource resource) {
    Place spec = resource.specPlace();
    String kind = oneOf(resource.spec(), spec, "GrpcRoute", "Http2Route", "HttpRoute");
    JsonNode route = resource.spec().path(kind);
    Place place = spec.child(kind);
    JsonNode target = route.path("Action").path("Target");
    Place at = place.child("Action").child("Target");
    String service = target.at("/VirtualService/VirtualServiceName").asText();
    resources.referTo(
        "VirtualService", service, at.child("VirtualService").child("VirtualServiceName"));
    RouteMatch match = match(kind, route, place);
    return new GatewayRoute(
        resource.name(),
        priority(resource),
        protocol(kind),
        match,
        service,
        number(target, "Port"),
        rewrite(
            route.path("Action").path("Rewrite"), match, place.child("Action").child("Rewrite")));
  }

  private static int priority(Resource resource) {
    return number(resource.spec(), "Priority").orElse(RouteTable.NO_PRIORITY);
  }

  private static Protocol protocol(String kind) {
    return Protocol.of(kind.replace("Route", ""));
  }

  private static RouteMatch match(String kind, JsonNode route, Place place) {
    JsonNode match = route.path("Match");
    return switch (kind) {
      case "TcpRoute" -> MatchReader.tcp(match);
      case "GrpcRoute" -> MatchReader.grpc(match, place.child("Match"));
      default -> MatchReader.http(match, place.child("Match"));
    };
  }

  private WeightedTarget target(JsonNode target, Place place) {
    String node = target.path("VirtualNode").asText();
    resources.requireReachable(node, target.path("Port"), place.child("VirtualNode"));
    return new WeightedTarget(node, target.path("Weight").intValue(), number(target, "Port"));
  }

  private static Rewrite rewrite(JsonNode rewrite, RouteMatch match, Place place) {
    boolean host = !rewrite.at("/Hostname/DefaultTargetHostname").asText().equals("DISABLED");
    boolean byPrefix = match.path() instanceof PathMatch.Prefix;
    JsonNode prefix = rewrite.path("Prefix");
    if (rewrite.has("Path") && rewrite.path("Path").has("Exact")) {
      return new Rewrite(
          host,
          new Rewrite.Path.Exact(
              Properties.path(rewrite.at("/Path/Exact"), place.child("Path").child("Exact"))));
    }
    if (!prefix.isMissingNode() && !byPrefix) {
      throw place
          .child("Prefix")
          .refused("replaces the prefix that matched, but this route matches by Path; write Path");
    }
    if (prefix.has("Value")) {
      return new Rewrite(
          host,
          new Rewrite.Path.Prefix(
              Properties.path(prefix.path("Value"), place.child("Prefix").child("Value"))));
    }
    return byPrefix && !prefix.path("DefaultPrefix").asText().equals("DISABLED")
        ? new Rewrite(host, Rewrite.DEFAULT.path())
        : new Rewrite(host, new Rewrite.Path.Same());
  }

  private static RetryPolicy retries(JsonNode policy, Place place) {
    Set<Event> events = EnumSet.noneOf(Event.class);
    events.addAll(list(policy, "HttpRetryEvents", place, (w, at) -> event(w, Event.Kind.HTTP, at)));
    events.addAll(list(policy, "TcpRetryEvents", place, (w, at) -> event(w, Event.Kind.TCP, at)));
    events.addAll(list(policy, "GrpcRetryEvents", place, (w, at) -> event(w, Event.Kind.GRPC, at)));
    return new RetryPolicy(
        (int) Math.min(Integer.MAX_VALUE, policy.path("MaxRetries").longValue()),
        duration(policy.path("PerRetryTimeout"), place.child("PerRetryTimeout")),
        events);
  }

  private static Event event(JsonNode word, Event.Kind kind, Place place) {
    List<Event> all = Event.of(kind);
    return all.stream()
        .filter(event -> event.word().equals(word.asText()))
        .findFirst()
        .orElseThrow(
            () ->
                place.refused(
                    "%s is not allowed; %s"
                        .formatted(
                            quote(word.asText()),
                            Words.allowed(word.asText(), all.stream().map(Event::word).toList()))));
  }
}
