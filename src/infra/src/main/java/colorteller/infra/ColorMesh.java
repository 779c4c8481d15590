package colorteller.infra;

import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.WalkthroughPorts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.appmesh.DnsResponseType;
import software.amazon.awscdk.services.appmesh.GatewayRoute;
import software.amazon.awscdk.services.appmesh.GatewayRouteSpec;
import software.amazon.awscdk.services.appmesh.HealthCheck;
import software.amazon.awscdk.services.appmesh.HttpGatewayListenerOptions;
import software.amazon.awscdk.services.appmesh.HttpGatewayRouteMatch;
import software.amazon.awscdk.services.appmesh.HttpGatewayRoutePathMatch;
import software.amazon.awscdk.services.appmesh.HttpGatewayRouteSpecOptions;
import software.amazon.awscdk.services.appmesh.HttpHealthCheckOptions;
import software.amazon.awscdk.services.appmesh.HttpVirtualNodeListenerOptions;
import software.amazon.awscdk.services.appmesh.IpPreference;
import software.amazon.awscdk.services.appmesh.Mesh;
import software.amazon.awscdk.services.appmesh.MeshServiceDiscovery;
import software.amazon.awscdk.services.appmesh.ServiceDiscovery;
import software.amazon.awscdk.services.appmesh.VirtualGateway;
import software.amazon.awscdk.services.appmesh.VirtualGatewayBaseProps;
import software.amazon.awscdk.services.appmesh.VirtualGatewayListener;
import software.amazon.awscdk.services.appmesh.VirtualNode;
import software.amazon.awscdk.services.appmesh.VirtualNodeListener;
import software.amazon.awscdk.services.appmesh.VirtualService;
import software.amazon.awscdk.services.appmesh.VirtualServiceProvider;
import software.amazon.awscdk.services.servicediscovery.DnsRecordType;
import software.amazon.awscdk.services.servicediscovery.IService;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespaceAttributes;
import software.amazon.awscdk.services.servicediscovery.RoutingPolicy;
import software.amazon.awscdk.services.servicediscovery.Service;
import software.amazon.awscdk.services.servicediscovery.ServiceAttributes;

/**
 * The mesh of a variant: a virtual gateway, and for each colour a gateway route, a virtual service
 * and a virtual node. The stage is in its IP preferences, and nowhere else.
 */
final class ColorMesh {

  private static final HealthCheck HEALTH_CHECK =
      HealthCheck.http(
          HttpHealthCheckOptions.builder()
              .path("/ping")
              .healthyThreshold(2)
              .unhealthyThreshold(2)
              .interval(Duration.seconds(5))
              .timeout(Duration.seconds(2))
              .build());

  private ColorMesh() {}

  static void addTo(Stack stack, Settings settings, Variant variant) {
    Mesh mesh =
        Mesh.Builder.create(stack, "Mesh")
            .meshName(MeshStack.meshName(settings, variant))
            .serviceDiscovery(
                appMesh(settings.preferences().mesh())
                    .map(p -> MeshServiceDiscovery.builder().ipPreference(p).build())
                    .orElse(null))
            .build();
    VirtualGateway gateway =
        mesh.addVirtualGateway(
            "Gateway",
            VirtualGatewayBaseProps.builder()
                .virtualGatewayName(MeshStack.GATEWAY_NAME)
                .listeners(
                    List.of(
                        VirtualGatewayListener.http(
                            HttpGatewayListenerOptions.builder()
                                .port(WalkthroughPorts.HTTP)
                                .build())))
                .build());
    for (Color color : Color.values()) {
      ServiceDiscovery discovery = discovery(stack, settings, variant, color);
      VirtualNode node =
          VirtualNode.Builder.create(stack, id("Node", color))
              .mesh(mesh)
              .virtualNodeName(color.virtualNodeName())
              .serviceDiscovery(discovery)
              .listeners(
                  List.of(
                      VirtualNodeListener.http(
                          HttpVirtualNodeListenerOptions.builder()
                              .port(WalkthroughPorts.HTTP)
                              .healthCheck(HEALTH_CHECK)
                              .build())))
              .build();
      VirtualService service =
          VirtualService.Builder.create(stack, id("Service", color))
              .virtualServiceName(MeshStack.virtualServiceName(settings, color))
              .virtualServiceProvider(VirtualServiceProvider.virtualNode(node))
              .build();
      GatewayRoute.Builder.create(stack, id("GatewayRoute", color))
          .virtualGateway(gateway)
          .gatewayRouteName(MeshStack.gatewayRouteName(color))
          .routeSpec(
              GatewayRouteSpec.http(
                  HttpGatewayRouteSpecOptions.builder()
                      .match(
                          HttpGatewayRouteMatch.builder()
                              .path(HttpGatewayRoutePathMatch.startsWith("/" + color.color()))
                              .build())
                      .routeTarget(service)
                      .build()))
          .build();
    }
  }

  private static ServiceDiscovery discovery(
      Stack stack, Settings settings, Variant variant, Color color) {
    IpPreference preference = appMesh(settings.preferences().of(color)).orElse(null);
    String namespace = Namespaces.name(settings, variant);
    return variant == Variant.DNS
        ? ServiceDiscovery.dns(
            new CloudMap(namespace, color.serviceName()).host(),
            DnsResponseType.LOAD_BALANCER,
            preference)
        : ServiceDiscovery.cloudMap(cloudMapService(stack, namespace, color), null, preference);
  }

  /** By its name, since App Mesh refers to Cloud Map services by name. */
  private static IService cloudMapService(Stack stack, String namespace, Color color) {
    return Service.fromServiceAttributes(
        stack,
        id("CloudMap", color),
        ServiceAttributes.builder()
            .serviceName(color.serviceName())
            .serviceId("")
            .serviceArn("")
            .dnsRecordType(DnsRecordType.A)
            .routingPolicy(RoutingPolicy.MULTIVALUE)
            .namespace(
                PrivateDnsNamespace.fromPrivateDnsNamespaceAttributes(
                    stack,
                    id("Namespace", color),
                    PrivateDnsNamespaceAttributes.builder()
                        .namespaceName(namespace)
                        .namespaceId("")
                        .namespaceArn("")
                        .build()))
            .build());
  }

  private static String id(String concept, Color color) {
    return concept
        + color.color().substring(0, 1).toUpperCase(Locale.ROOT)
        + color.color().substring(1);
  }

  /** App Mesh's preference; empty where the property is left out. */
  private static Optional<IpPreference> appMesh(colorteller.mesh.IpPreference preference) {
    return preference == colorteller.mesh.IpPreference.NONE
        ? Optional.empty()
        : Optional.of(IpPreference.valueOf(preference.name()));
  }
}
