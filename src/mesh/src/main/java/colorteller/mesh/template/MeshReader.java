package colorteller.mesh.template;

import static colorteller.mesh.template.AppMeshProperties.number;
import static colorteller.mesh.template.AppMeshProperties.oneOf;
import static colorteller.mesh.template.AppMeshProperties.translatedWord;
import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.HealthCheck;
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
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the mesh of a template, and checks that everything it refers to is there. */
public final class MeshReader {

  private static final String TYPE = "AWS::AppMesh::";

  /** A resource whose properties are resolved. */
  private record Resource(String name, JsonNode properties, Place place) {

    JsonNode spec() {
      return properties.path("Spec");
    }

    Place specPlace() {
      return place.child("Spec");
    }

    String text(String property) {
      return properties.path(property).asText();
    }
  }

  private final Template template;
  private final Map<String, Map<String, Resource>> resources = new LinkedHashMap<>();

  private MeshReader(Template template) {
    this.template = template;
    template.resources().forEach((id, resource) -> known(resource.type(), template.place(id)));
    for (String type : AppMeshSchema.types()) {
      resources.put(type.substring(TYPE.length()), resolved(type));
    }
  }

  /**
   * Reads the one mesh of a template.
   *
   * @throws TemplateException if there is not exactly one, or anything in it cannot be read
   */
  public static Mesh read(Template template) {
    return new MeshReader(template).mesh();
  }

  /** A misspelled type would be taken for a resource that is none of the mesh's. */
  private static void known(String type, Place place) {
    if (type.regionMatches(true, 0, TYPE, 0, TYPE.length()) && !AppMeshSchema.has(type)) {
      throw place
          .child("Type")
          .error(
              "App Mesh has no %s; %s"
                  .formatted(quote(type), Words.allowed(type, AppMeshSchema.types())));
    }
  }

  private Map<String, Resource> resolved(String type) {
    AppMeshProperties properties = new AppMeshProperties(template.intrinsics());
    Map<String, Resource> byKey = new LinkedHashMap<>();
    for (String id : template.existing(type)) {
      Template.Resource resource = Objects.requireNonNull(template.resources().get(id));
      Place place = template.place(id);
      String name = template.scope().name(id, resource);
      if (!name.matches("[^/\\p{Cntrl}]{1,255}")) {
        throw place
            .child(AppMeshSchema.nameProperty(type))
            .error("must be 1 to 255 characters without a slash, but is " + quote(name));
      }
      Resource read = new Resource(name, properties.resolve(resource, place), place);
      Resource twin = byKey.put(key(type, read), read);
      if (twin != null) {
        throw place.error(
            "is named %s, as %s is; give each a name of its own"
                .formatted(quote(name), twin.place().path()));
      }
    }
    return byKey;
  }

  /** Routes are named within their router or gateway, everything else within the mesh. */
  private static String key(String type, Resource resource) {
    String parent =
        AppMeshSchema.nameProperties(type).stream()
            .limit(AppMeshSchema.nameProperties(type).size() - 1L)
            .filter(property -> !property.equals("MeshName"))
            .map(property -> resource.text(property) + "/")
            .collect(Collectors.joining());
    return parent + resource.name();
  }

  private Collection<Resource> all(String type) {
    return Objects.requireNonNull(resources.get(type)).values();
  }

  private Mesh mesh() {
    List<Resource> meshes = List.copyOf(all("Mesh"));
    Place file = Place.of(template.file());
    if (meshes.isEmpty()) {
      throw file.error("has no AWS::AppMesh::Mesh; a template of one mesh is needed");
    }
    if (meshes.size() > 1) {
      throw file.error(
          "has %d meshes (%s); a template of one mesh is needed"
              .formatted(
                  meshes.size(),
                  meshes.stream().map(m -> m.place().path()).collect(Collectors.joining(", "))));
    }
    Resource mesh = meshes.get(0);
    for (Map.Entry<String, Map<String, Resource>> entry : resources.entrySet()) {
      if (!entry.getKey().equals("Mesh")) {
        entry.getValue().values().forEach(resource -> belongs(resource, mesh));
      }
    }
    haveParents("GatewayRoute", "VirtualGateway");
    haveParents("Route", "VirtualRouter");
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
    for (Resource resource : all(type)) {
      T value = reader.apply(resource);
      result.put(name.apply(value), value);
    }
    return result;
  }

  private static void belongs(Resource resource, Resource mesh) {
    if (!resource.text("MeshName").equals(mesh.name())) {
      throw resource
          .place()
          .child("MeshName")
          .error(
              "is %s, but the mesh of this template is %s; write !GetAtt %s.MeshName"
                  .formatted(
                      quote(resource.text("MeshName")), quote(mesh.name()), mesh.place().path()));
    }
  }

  /** A route of a gateway or a router that the mesh does not have would be lost without a word. */
  private void haveParents(String type, String parent) {
    String property = parent + "Name";
    all(type)
        .forEach(route -> referTo(parent, route.text(property), route.place().child(property)));
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
    Listener listener = theListener(resource, "virtual gateway");
    List<GatewayRoute> routes =
        all("GatewayRoute").stream()
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
    referTo(
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
      reachable(node, place.child("VirtualNode").child("VirtualNodeName"));
      return new VirtualService(
          resource.name(), Optional.of(new VirtualService.Provider.Node(node)));
    }
    String router = provider.at("/VirtualRouter/VirtualRouterName").asText();
    referTo("VirtualRouter", router, place.child("VirtualRouter").child("VirtualRouterName"));
    return new VirtualService(
        resource.name(), Optional.of(new VirtualService.Provider.Router(router)));
  }

  private VirtualRouter router(Resource resource) {
    Listener listener = theListener(resource, "virtual router");
    List<VirtualRouter.Route> routes =
        all("Route").stream()
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
    reachable(node, at.at(0).child("VirtualNode"));
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
      referTo("VirtualService", service, at.child("VirtualService").child("VirtualServiceName"));
      if (!names.contains(service)) {
        names.add(service);
      }
    }
    JsonNode discovery = resource.spec().path("ServiceDiscovery");
    Place place = resource.specPlace().child("ServiceDiscovery");
    if (discovery.isMissingNode()) {
      return new VirtualNode(
          resource.name(), IpPreference.NONE, onlyListener(resource), Optional.empty(), names);
    }
    String kind = oneOf(discovery, place, "AWSCloudMap", "DNS");
    JsonNode object = discovery.path(kind);
    Place at = place.child(kind);
    return new VirtualNode(
        resource.name(),
        preference(object, at),
        onlyListener(resource),
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

  private static Listener theListener(Resource resource, String what) {
    return onlyListener(resource)
        .orElseThrow(
            () ->
                resource
                    .specPlace()
                    .child("Listeners")
                    .error("is empty; a %s has one listener".formatted(what)));
  }

  private static Optional<Listener> onlyListener(Resource resource) {
    JsonNode listeners = resource.spec().path("Listeners");
    Place place = resource.specPlace().child("Listeners");
    if (listeners.size() > 1) {
      throw place.error(
          "has %d listeners; more than one is not translated yet".formatted(listeners.size()));
    }
    return listeners.isEmpty()
        ? Optional.empty()
        : Optional.of(listener(listeners.get(0), place.at(0)));
  }

  private static Listener listener(JsonNode listener, Place place) {
    JsonNode mapping = listener.path("PortMapping");
    translatedWord(mapping, "Protocol", place.child("PortMapping"), "http", "http2", "grpc", "tcp");
    int port = number(mapping, "Port", 1, 65535, place.child("PortMapping"));
    return new Listener(
        port,
        listener.has("HealthCheck")
            ? Optional.of(
                healthCheck(listener.path("HealthCheck"), port, place.child("HealthCheck")))
            : Optional.empty());
  }

  /** Ranges: App Mesh's API reference, HealthCheckPolicy. */
  private static HealthCheck healthCheck(JsonNode check, int listenerPort, Place place) {
    translatedWord(check, "Protocol", place, "http", "http2", "grpc", "tcp");
    if (check.has("Port") && number(check, "Port", 1, 65535, place) != listenerPort) {
      throw place
          .child("Port")
          .error(
              "a port other than the listener's (%d) is not translated yet"
                  .formatted(listenerPort));
    }
    String path = check.path("Path").asText();
    if (!path.matches("/[!-~]*")) {
      throw place
          .child("Path")
          .error("must be a URL path that begins with a slash, but is " + quote(path));
    }
    return new HealthCheck(
        path,
        Duration.ofMillis(number(check, "IntervalMillis", 5000, 300_000, place)),
        Duration.ofMillis(number(check, "TimeoutMillis", 2000, 60_000, place)),
        number(check, "HealthyThreshold", 2, 10, place),
        number(check, "UnhealthyThreshold", 2, 10, place));
  }

  private Resource referTo(String type, String name, Place place) {
    return all(type).stream()
        .filter(resource -> resource.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                place.error(
                    "there is no AWS::AppMesh::%s named %s; %s"
                        .formatted(
                            type,
                            quote(name),
                            Words.nearest(
                                name,
                                all(type).stream().map(Resource::name).toList(),
                                "their names"))));
  }

  /** A node that is sent to must listen and be found. */
  private void reachable(String name, Place place) {
    Resource node = referTo("VirtualNode", name, place);
    for (String property : List.of("Listeners", "ServiceDiscovery")) {
      if (node.spec().path(property).isEmpty()) {
        throw place.error(
            "the virtual node %s cannot be sent to, because it has no %s"
                .formatted(quote(name), property));
      }
    }
  }
}
