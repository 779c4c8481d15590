package colorteller.verification;

import static java.util.stream.Collectors.toMap;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualService;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.appmesh.AppMeshClient;
import software.amazon.awssdk.services.appmesh.model.AwsCloudMapServiceDiscovery;
import software.amazon.awssdk.services.appmesh.model.Backend;
import software.amazon.awssdk.services.appmesh.model.DnsServiceDiscovery;
import software.amazon.awssdk.services.appmesh.model.EgressFilterType;
import software.amazon.awssdk.services.appmesh.model.GatewayRouteData;
import software.amazon.awssdk.services.appmesh.model.GatewayRouteRef;
import software.amazon.awssdk.services.appmesh.model.HealthCheckPolicy;
import software.amazon.awssdk.services.appmesh.model.HttpGatewayRoute;
import software.amazon.awssdk.services.appmesh.model.MeshSpec;
import software.amazon.awssdk.services.appmesh.model.NotFoundException;
import software.amazon.awssdk.services.appmesh.model.VirtualGatewayListener;
import software.amazon.awssdk.services.appmesh.model.VirtualGatewayRef;
import software.amazon.awssdk.services.appmesh.model.VirtualNodeData;
import software.amazon.awssdk.services.appmesh.model.VirtualNodeRef;
import software.amazon.awssdk.services.appmesh.model.VirtualServiceProvider;
import software.amazon.awssdk.services.appmesh.model.VirtualServiceRef;

/** A mesh as App Mesh's API describes it. */
public final class AppMeshSource implements MeshSource {

  private final AppMeshClient appMesh;
  private final String name;

  /**
   * Reads from App Mesh.
   *
   * @param appMesh the client
   * @param name the mesh's name
   */
  public AppMeshSource(AppMeshClient appMesh, String name) {
    this.appMesh = appMesh;
    this.name = name;
  }

  @Override
  public Mesh read() {
    MeshSpec spec;
    try {
      spec = appMesh.describeMesh(r -> r.meshName(name)).mesh().spec();
    } catch (NotFoundException e) {
      throw new VerificationException(
          "App Mesh has no mesh '%s' here; deploy its stack first, or check the region"
              .formatted(name));
    }
    return new Mesh(
        name,
        preference(
            spec.serviceDiscovery() == null
                ? null
                : spec.serviceDiscovery().ipPreferenceAsString()),
        spec.egressFilter() != null && spec.egressFilter().type() == EgressFilterType.ALLOW_ALL,
        byName(
            appMesh.listVirtualGatewaysPaginator(r -> r.meshName(name)).virtualGateways().stream()
                .map(VirtualGatewayRef::virtualGatewayName)
                .map(this::gateway),
            VirtualGateway::name),
        byName(
            appMesh.listVirtualServicesPaginator(r -> r.meshName(name)).virtualServices().stream()
                .map(VirtualServiceRef::virtualServiceName)
                .map(this::service),
            VirtualService::name),
        Map.of(),
        byName(
            appMesh.listVirtualNodesPaginator(r -> r.meshName(name)).virtualNodes().stream()
                .map(VirtualNodeRef::virtualNodeName)
                .map(this::node),
            VirtualNode::name));
  }

  /** In an order that stays: App Mesh lists in none. */
  private static <T> Map<String, T> byName(Stream<T> all, Function<T, String> name) {
    return new LinkedHashMap<>(
        all.collect(toMap(name, Function.identity(), (a, b) -> b, TreeMap::new)));
  }

  private VirtualGateway gateway(String gateway) {
    List<VirtualGatewayListener> listeners =
        appMesh
            .describeVirtualGateway(r -> r.meshName(name).virtualGatewayName(gateway))
            .virtualGateway()
            .spec()
            .listeners();
    if (listeners.size() != 1) {
      throw new VerificationException(
          "virtual gateway '%s' of mesh '%s' has %d listeners; only one can be verified"
              .formatted(gateway, name, listeners.size()));
    }
    List<GatewayRoute> routes =
        appMesh
            .listGatewayRoutesPaginator(r -> r.meshName(name).virtualGatewayName(gateway))
            .gatewayRoutes()
            .stream()
            .map(GatewayRouteRef::gatewayRouteName)
            .map(route -> route(gateway, route))
            .toList();
    return new VirtualGateway(
        gateway, new Listener(listeners.get(0).portMapping().port(), Optional.empty()), routes);
  }

  private GatewayRoute route(String gateway, String route) {
    GatewayRouteData data =
        appMesh
            .describeGatewayRoute(
                r -> r.meshName(name).virtualGatewayName(gateway).gatewayRouteName(route))
            .gatewayRoute();
    HttpGatewayRoute http = data.spec().httpRoute();
    if (http == null
        || http.match().prefix() == null
        || http.match().hasHeaders()
        || http.match().hasQueryParameters()
        || http.match().hostname() != null
        || http.match().methodAsString() != null
        || http.match().port() != null
        || http.action().rewrite() != null) {
      throw new VerificationException(
          "gateway route '%s' of mesh '%s' is not an HTTP route by prefix alone; only those can be verified"
              .formatted(route, name));
    }
    return new GatewayRoute(
        route,
        new RouteMatch(http.match().prefix()),
        http.action().target().virtualService().virtualServiceName());
  }

  private VirtualService service(String service) {
    VirtualServiceProvider provider =
        appMesh
            .describeVirtualService(r -> r.meshName(name).virtualServiceName(service))
            .virtualService()
            .spec()
            .provider();
    if (provider != null && provider.virtualNode() == null) {
      throw new VerificationException(
          "virtual service '%s' of mesh '%s' is provided by a virtual router; only virtual nodes can be verified"
              .formatted(service, name));
    }
    return new VirtualService(
        service,
        Optional.ofNullable(provider)
            .map(p -> new VirtualService.Provider.Node(p.virtualNode().virtualNodeName())));
  }

  private VirtualNode node(String node) {
    VirtualNodeData data =
        appMesh.describeVirtualNode(r -> r.meshName(name).virtualNodeName(node)).virtualNode();
    DnsServiceDiscovery dns =
        data.spec().serviceDiscovery() == null ? null : data.spec().serviceDiscovery().dns();
    AwsCloudMapServiceDiscovery cloudMap =
        data.spec().serviceDiscovery() == null
            ? null
            : data.spec().serviceDiscovery().awsCloudMap();
    return new VirtualNode(
        node,
        preference(
            dns != null
                ? dns.ipPreferenceAsString()
                : cloudMap == null ? null : cloudMap.ipPreferenceAsString()),
        data.spec().listeners().stream()
            .findFirst()
            .map(
                listener ->
                    new Listener(
                        listener.portMapping().port(),
                        Optional.ofNullable(listener.healthCheck())
                            .map(AppMeshSource::healthCheck))),
        dns != null
            ? Optional.of(new ServiceDiscovery.Dns(dns.hostname()))
            : Optional.ofNullable(cloudMap)
                .map(c -> new ServiceDiscovery.CloudMap(c.namespaceName(), c.serviceName())),
        data.spec().backends().stream()
            .map(Backend::virtualService)
            .map(backend -> backend.virtualServiceName())
            .toList());
  }

  private static HealthCheck healthCheck(HealthCheckPolicy policy) {
    return new HealthCheck(
        Optional.ofNullable(policy.path()).orElse("/"),
        Duration.ofMillis(policy.intervalMillis()),
        Duration.ofMillis(policy.timeoutMillis()),
        policy.healthyThreshold(),
        policy.unhealthyThreshold());
  }

  private static IpPreference preference(@Nullable String appMeshName) {
    return appMeshName == null ? IpPreference.NONE : IpPreference.of(appMeshName);
  }
}
