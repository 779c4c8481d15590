package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.Backend;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.ServiceDiscovery.Dns.ResponseType;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualService;
import colorteller.mesh.template.MeshResources.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads the mesh of templates, and checks that everything it refers to is there. */
public final class MeshReader {

  private static final String CHOOSE = "say which is meant, with --mesh NAME";
  private static final String SEPARATE =
      "a document is of one mesh, so give each a template of its own";

  private final Refusals refusals = new Refusals();
  private final MeshResources resources;
  private final RouteReader routes;

  private MeshReader(List<Template> templates, Optional<String> mesh, String several) {
    resources = new MeshResources(templates, mesh, several, refusals);
    routes = new RouteReader(resources);
  }

  /**
   * Begins to load App Mesh's schema, which takes longer than to read a template: whoever has yet
   * to do that lets both happen at once.
   */
  public static void load() {
    Thread loading = new Thread(AppMeshSchema::types, "load App Mesh's schema");
    loading.setDaemon(true);
    loading.start();
  }

  /**
   * Reads the one mesh of a template.
   *
   * @throws TemplateException if there are several, or anything in it cannot be read
   */
  public static Mesh read(Template template) {
    return read(List.of(template));
  }

  /**
   * Reads the one mesh that templates have parts of. Where none has the mesh itself, they add to
   * one that is elsewhere, and may refer to what is there ({@link Mesh#outside}).
   *
   * @param templates at least one
   * @throws TemplateException if there are several meshes, or anything in one cannot be read
   */
  public static Mesh read(List<Template> templates) {
    return read(templates, Optional.empty());
  }

  /**
   * Reads one of the meshes that templates have parts of, as {@link #read(List)} does.
   *
   * @param mesh its name; may be empty if there is one mesh only
   */
  public static Mesh read(List<Template> templates, Optional<String> mesh) {
    return new MeshReader(templates, mesh, CHOOSE).mesh();
  }

  /**
   * Reads the one mesh of a template for those who give it to Envoys: nothing stands for what only
   * a deployment knows.
   *
   * @throws TemplateException if something needs such a value, or as {@link #read} does
   */
  public static Mesh readKnown(Template template) {
    Mesh mesh = new MeshReader(List.of(template), Optional.empty(), SEPARATE).mesh();
    template.scope().taken().values().stream()
        .findFirst()
        .ifPresent(
            why -> {
              throw why;
            });
    return mesh;
  }

  /**
   * Where the resources of a mesh stand, by {@code TYPE/NAME}, such as {@code VirtualNode/red}; a
   * route by its router's name, too, such as {@code Route/router/all}.
   *
   * @param templates those that the mesh was read from
   * @param mesh its name; may be empty if there is one mesh only
   */
  public static Map<String, Place> places(List<Template> templates, Optional<String> mesh) {
    MeshReader reader = new MeshReader(templates, mesh, CHOOSE);
    reader.refusals.throwAny();
    return reader.resources.places();
  }

  private Mesh mesh() {
    JsonNode spec = resources.mesh().map(Resource::spec).orElse(MissingNode.getInstance());
    Map<String, List<Resource>> ofGateway = resources.byParent("GatewayRoute", "VirtualGateway");
    Map<String, List<Resource>> ofRouter = resources.byParent("Route", "VirtualRouter");
    Map<String, VirtualNode> nodes = read("VirtualNode", this::node, VirtualNode::name);
    Map<String, VirtualRouter> routers =
        read("VirtualRouter", r -> router(r, of(ofRouter, r)), VirtualRouter::name);
    Map<String, VirtualService> services =
        read("VirtualService", this::service, VirtualService::name);
    Map<String, VirtualGateway> gateways =
        read("VirtualGateway", g -> gateway(g, of(ofGateway, g)), VirtualGateway::name);
    Optional<String> owner = resources.owner();
    refusals.throwAny();
    return new Mesh(
        resources.meshName(),
        owner,
        preference(spec.path("ServiceDiscovery")),
        spec.at("/EgressFilter/Type").asText().equals("ALLOW_ALL"),
        gateways,
        services,
        routers,
        nodes,
        Set.copyOf(resources.outside()));
  }

  private static List<Resource> of(Map<String, List<Resource>> routes, Resource parent) {
    return routes.getOrDefault(parent.name(), List.of());
  }

  private <T> Map<String, T> read(
      String type, Function<Resource, T> reader, Function<T, String> name) {
    Map<String, T> result = new LinkedHashMap<>();
    for (Resource resource : resources.all(type)) {
      refusals
          .part(() -> reader.apply(resource))
          .ifPresent(value -> result.put(name.apply(value), value));
    }
    return result;
  }

  private static IpPreference preference(JsonNode object) {
    return Properties.text(object, "IpPreference").map(IpPreference::of).orElse(IpPreference.NONE);
  }

  private VirtualGateway gateway(Resource resource, List<Resource> own) {
    return new VirtualGateway(
        resource.name(),
        ListenerReader.some(resource, "virtual gateway"),
        TlsReader.ofClient(
            resource.spec().path("BackendDefaults"), resource.specPlace().child("BackendDefaults")),
        AccessLogReader.read(resource),
        own.stream().flatMap(r -> refusals.part(() -> routes.gatewayRoute(r)).stream()).toList());
  }

  private VirtualRouter router(Resource resource, List<Resource> own) {
    return new VirtualRouter(
        resource.name(),
        ListenerReader.ports(resource),
        own.stream().flatMap(r -> refusals.part(() -> routes.route(r)).stream()).toList());
  }

  private VirtualService service(Resource resource) {
    // Whoever sends a request to it says its name in the Host header.
    if (!resource.name().matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?")) {
      throw resource
          .place()
          .child("VirtualServiceName")
          .refused("must be a host name, but is " + quote(resource.name()));
    }
    JsonNode provider = resource.spec().path("Provider");
    Place place = resource.specPlace().child("Provider");
    if (provider.isMissingNode()) {
      return new VirtualService(resource.name(), Optional.empty());
    }
    if (provider.has("VirtualNode")) {
      String node = provider.at("/VirtualNode/VirtualNodeName").asText();
      resources.requireReachable(
          node, MissingNode.getInstance(), place.child("VirtualNode").child("VirtualNodeName"));
      return new VirtualService(
          resource.name(), Optional.of(new VirtualService.Provider.Node(node)));
    }
    String router = provider.at("/VirtualRouter/VirtualRouterName").asText();
    resources.referTo(
        "VirtualRouter", router, place.child("VirtualRouter").child("VirtualRouterName"));
    return new VirtualService(
        resource.name(), Optional.of(new VirtualService.Provider.Router(router)));
  }

  private VirtualNode node(Resource resource) {
    Place spec = resource.specPlace();
    Map<String, Backend> backends = new LinkedHashMap<>();
    Properties.list(resource.spec(), "Backends", spec, this::backend)
        .forEach(backend -> backends.putIfAbsent(backend.virtualService(), backend));
    JsonNode discovery = resource.spec().path("ServiceDiscovery");
    JsonNode kind = discovery.isMissingNode() ? discovery : discovery.iterator().next();
    return new VirtualNode(
        resource.name(),
        preference(kind),
        ListenerReader.all(resource),
        Properties.child(resource.spec(), "ServiceDiscovery", spec, MeshReader::discovery),
        List.copyOf(backends.values()),
        TlsReader.ofClient(resource.spec().path("BackendDefaults"), spec.child("BackendDefaults")),
        AccessLogReader.read(resource));
  }

  private Backend backend(JsonNode backend, Place place) {
    JsonNode service = backend.path("VirtualService");
    Place at = place.child("VirtualService");
    String name = service.path("VirtualServiceName").asText();
    resources.referToBackend(name, at.child("VirtualServiceName"));
    return new Backend(name, TlsReader.ofClient(service, at));
  }

  private static ServiceDiscovery discovery(JsonNode discovery, Place place) {
    return discovery.has("DNS")
        ? dns(discovery.path("DNS"), place.child("DNS"))
        : cloudMap(discovery.path("AWSCloudMap"), place.child("AWSCloudMap"));
  }

  private static ServiceDiscovery dns(JsonNode dns, Place place) {
    String hostname = dns.path("Hostname").asText();
    if (!hostname.matches(
        "(?=.{1,253}$)[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62})(\\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,62}))*\\.?")) {
      throw place.child("Hostname").refused("must be a host name, but is " + quote(hostname));
    }
    return new ServiceDiscovery.Dns(
        hostname,
        Properties.text(dns, "ResponseType")
            .map(ResponseType::valueOf)
            .orElse(ResponseType.LOADBALANCER));
  }

  private static ServiceDiscovery cloudMap(JsonNode cloudMap, Place place) {
    for (String property : List.of("NamespaceName", "ServiceName")) {
      if (cloudMap.path(property).asText().isBlank()) {
        throw place.child(property).refused("must not be empty");
      }
    }
    Map<String, String> attributes = new TreeMap<>();
    cloudMap
        .path("Attributes")
        .forEach(pair -> attributes.put(pair.path("Key").asText(), pair.path("Value").asText()));
    return new ServiceDiscovery.CloudMap(
        cloudMap.path("NamespaceName").asText(),
        cloudMap.path("ServiceName").asText(),
        Map.copyOf(attributes));
  }
}
