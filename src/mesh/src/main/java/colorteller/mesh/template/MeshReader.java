package colorteller.mesh.template;

import static colorteller.mesh.template.AppMeshProperties.number;
import static colorteller.mesh.template.AppMeshProperties.oneOf;
import static colorteller.mesh.template.AppMeshProperties.translatedWord;
import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.RouteTable;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualService;
import colorteller.mesh.template.MeshResources.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the mesh of a template, and checks that everything it refers to is there. */
public final class MeshReader {

  private final MeshResources resources;

  private MeshReader(Template template) {
    resources = MeshResources.of(template);
  }

  /**
   * Reads the one mesh of a template.
   *
   * @throws TemplateException if there is not exactly one, or anything in it cannot be read
   */
  public static Mesh read(Template template) {
    return new MeshReader(template).mesh();
  }

  private Mesh mesh() {
    Resource mesh = resources.mesh();
    Map<String, VirtualNode> nodes = read("VirtualNode", this::node, VirtualNode::name);
    Map<String, VirtualRouter> routers = read("VirtualRouter", this::router, VirtualRouter::name);
    Map<String, VirtualService> services =
        read("VirtualService", this::service, VirtualService::name);
    return new Mesh(
        mesh.name(),
        preference(
            mesh.spec().path("ServiceDiscovery"), mesh.specPlace().child("ServiceDiscovery")),
        allowsExternalTraffic(mesh),
        read("VirtualGateway", this::gateway, VirtualGateway::name),
        services,
        routers,
        nodes);
  }

  private <T> Map<String, T> read(
      String type, Function<Resource, T> reader, Function<T, String> name) {
    Map<String, T> result = new LinkedHashMap<>();
    for (Resource resource : resources.all(type)) {
      T value = reader.apply(resource);
      result.put(name.apply(value), value);
    }
    return result;
  }

  private static boolean allowsExternalTraffic(Resource mesh) {
    JsonNode filter = mesh.spec().path("EgressFilter");
    return switch (filter.path("Type").asText("DROP_ALL")) {
      case "ALLOW_ALL" -> true;
      case "DROP_ALL" -> false;
      default ->
          throw mesh.specPlace()
              .child("EgressFilter")
              .child("Type")
              .error(
                  "%s is not allowed; allowed are ALLOW_ALL, DROP_ALL"
                      .formatted(quote(filter.path("Type").asText())));
    };
  }

  private static IpPreference preference(JsonNode object, Place place) {
    if (!object.has("IpPreference")) {
      return IpPreference.NONE;
    }
    try {
      return IpPreference.of(object.path("IpPreference").asText());
    } catch (IllegalArgumentException e) {
      throw place.child("IpPreference").error(String.valueOf(e.getMessage()));
    }
  }

  private VirtualGateway gateway(Resource resource) {
    Listener listener = ListenerReader.one(resource, "virtual gateway");
    List<GatewayRoute> routes =
        resources.all("GatewayRoute").stream()
            .filter(route -> route.text("VirtualGatewayName").equals(resource.name()))
            .map(this::gatewayRoute)
            .toList();
    return new VirtualGateway(resource.name(), listener, routes);
  }

  private GatewayRoute gatewayRoute(Resource resource) {
    Place place = resource.specPlace();
    oneOf(resource.spec(), place, "HttpRoute");
    JsonNode http = resource.spec().path("HttpRoute");
    JsonNode target = http.at("/Action/Target/VirtualService/VirtualServiceName");
    resources.referTo(
        "VirtualService",
        target.asText(),
        place.child("HttpRoute.Action.Target.VirtualService.VirtualServiceName"));
    return new GatewayRoute(
        resource.name(), match(http, place.child("HttpRoute")), target.asText());
  }

  private static RouteMatch match(JsonNode route, Place place) {
    Place at = place.child("Match").child("Prefix");
    if (!route.path("Match").has("Prefix")) {
      throw place
          .child("Match")
          .error("has no Prefix; give the path prefix of the route, such as /");
    }
    String prefix = route.at("/Match/Prefix").asText();
    if (!prefix.matches("/[!-~&&[^?#]]*")) {
      throw at.error("must be a URL path that begins with a slash, but is " + quote(prefix));
    }
    return new RouteMatch(prefix);
  }

  private VirtualService service(Resource resource) {
    JsonNode provider = resource.spec().path("Provider");
    Place place = resource.specPlace().child("Provider");
    if (provider.isMissingNode()) {
      return new VirtualService(resource.name(), Optional.empty());
    }
    if (oneOf(provider, place, "VirtualNode", "VirtualRouter").equals("VirtualNode")) {
      String node = provider.at("/VirtualNode/VirtualNodeName").asText();
      resources.requireReachable(node, place.child("VirtualNode").child("VirtualNodeName"));
      return new VirtualService(
          resource.name(), Optional.of(new VirtualService.Provider.Node(node)));
    }
    String router = provider.at("/VirtualRouter/VirtualRouterName").asText();
    resources.referTo(
        "VirtualRouter", router, place.child("VirtualRouter").child("VirtualRouterName"));
    return new VirtualService(
        resource.name(), Optional.of(new VirtualService.Provider.Router(router)));
  }

  private VirtualRouter router(Resource resource) {
    Listener listener = ListenerReader.one(resource, "virtual router");
    List<VirtualRouter.Route> routes =
        resources.all("Route").stream()
            .filter(route -> route.text("VirtualRouterName").equals(resource.name()))
            .map(this::route)
            .toList();
    return new VirtualRouter(resource.name(), listener.port(), routes);
  }

  private VirtualRouter.Route route(Resource resource) {
    Place place = resource.specPlace();
    oneOf(resource.spec(), place, "HttpRoute");
    JsonNode http = resource.spec().path("HttpRoute");
    JsonNode targets = http.at("/Action/WeightedTargets");
    Place at = place.child("HttpRoute").child("Action").child("WeightedTargets");
    if (targets.size() != 1) {
      throw at.error(
          "has %d targets; more than one is not translated yet, and one is needed"
              .formatted(targets.size()));
    }
    number(targets.get(0), "Weight", 1, 100, at.at(0));
    String node = targets.get(0).path("VirtualNode").asText();
    resources.requireReachable(node, at.at(0).child("VirtualNode"));
    int priority =
        resource.spec().has("Priority")
            ? number(resource.spec(), "Priority", 0, 1000, place)
            : RouteTable.NO_PRIORITY;
    return new VirtualRouter.Route(
        resource.name(), priority, match(http, place.child("HttpRoute")), node);
  }

  private VirtualNode node(Resource resource) {
    JsonNode backends = resource.spec().path("Backends");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < backends.size(); i++) {
      Place at = resource.specPlace().child("Backends").at(i);
      oneOf(backends.get(i), at, "VirtualService");
      String service = backends.get(i).at("/VirtualService/VirtualServiceName").asText();
      resources.referTo(
          "VirtualService", service, at.child("VirtualService").child("VirtualServiceName"));
      if (!names.contains(service)) {
        names.add(service);
      }
    }
    JsonNode discovery = resource.spec().path("ServiceDiscovery");
    Place place = resource.specPlace().child("ServiceDiscovery");
    if (discovery.isMissingNode()) {
      return new VirtualNode(
          resource.name(),
          IpPreference.NONE,
          ListenerReader.atMostOne(resource),
          Optional.empty(),
          names);
    }
    String kind = oneOf(discovery, place, "AWSCloudMap", "DNS");
    JsonNode object = discovery.path(kind);
    Place at = place.child(kind);
    return new VirtualNode(
        resource.name(),
        preference(object, at),
        ListenerReader.atMostOne(resource),
        Optional.of(kind.equals("DNS") ? dns(object, at) : cloudMap(object, at)),
        names);
  }

  private static ServiceDiscovery dns(JsonNode dns, Place place) {
    if (dns.has("ResponseType")) {
      translatedWord(dns, "ResponseType", place, "LOADBALANCER", "ENDPOINTS");
    }
    String hostname = dns.path("Hostname").asText();
    if (!hostname.matches(
        "(?=.{1,253}$)[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62})(\\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62}))*\\.?")) {
      throw place.child("Hostname").error("must be a host name, but is " + quote(hostname));
    }
    return new ServiceDiscovery.Dns(hostname);
  }

  private static ServiceDiscovery cloudMap(JsonNode cloudMap, Place place) {
    for (String property : List.of("NamespaceName", "ServiceName")) {
      if (cloudMap.path(property).asText().isBlank()) {
        throw place.child(property).error("must not be empty");
      }
    }
    return new ServiceDiscovery.CloudMap(
        cloudMap.path("NamespaceName").asText(), cloudMap.path("ServiceName").asText());
  }
}
