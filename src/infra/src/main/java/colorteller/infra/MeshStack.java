package colorteller.infra;

import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.WalkthroughPorts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Validations;
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
import software.constructs.Construct;

/**
 * The mesh of a variant: a virtual gateway, and for each colour a gateway route, a virtual service
 * and a virtual node. The stage is in its IP preferences, and nowhere else.
 */
final class MeshStack extends NamedStack {

  static final String GATEWAY_NAME = "colorgateway-vg";

  private static final HealthCheck HEALTH_CHECK =
      HealthCheck.http(
          HttpHealthCheckOptions.builder()
              .path("/ping")
              .healthyThreshold(2)
              .unhealthyThreshold(2)
              .interval(Duration.seconds(5))
              .timeout(Duration.seconds(2))
              .build());

  MeshStack(Construct scope, Settings settings, Variant variant) {
    super(scope, "%s-%s-mesh".formatted(settings.projectName(), variant.word()));
    Validations.of(this)
        .acknowledge(
            Acknowledgment.builder()
                .id("CloudFormation-Validate::W3696")
                .reason("AWS ended App Mesh on 2026-09-30; the app says so once itself")
                .build());
    Mesh mesh =
        Mesh.Builder.create(this, "Mesh")
            .meshName(meshName(settings, variant))
            .serviceDiscovery(
                appMesh(settings.preferences().mesh())
                    .map(p -> MeshServiceDiscovery.builder().ipPreference(p).build())
                    .orElse(null))
            .build();
    VirtualGateway gateway =
        mesh.addVirtualGateway(
            "Gateway",
            VirtualGatewayBaseProps.builder()
                .virtualGatewayName(GATEWAY_NAME)
                .listeners(
                    List.of(
                        VirtualGatewayListener.http(
                            HttpGatewayListenerOptions.builder()
                                .port(WalkthroughPorts.HTTP)
                                .build())))
                .build());
    for (Color color : Color.values()) {
      ServiceDiscovery discovery = discovery(settings, variant, color);
      VirtualNode node =
          VirtualNode.Builder.create(this, id("Node", color))
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
          VirtualService.Builder.create(this, id("Service", color))
              .virtualServiceName(virtualServiceName(settings, color))
              .virtualServiceProvider(VirtualServiceProvider.virtualNode(node))
              .build();
      GatewayRoute.Builder.create(this, id("GatewayRoute", color))
          .virtualGateway(gateway)
          .gatewayRouteName(gatewayRouteName(color))
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

  private ServiceDiscovery discovery(Settings settings, Variant variant, Color color) {
    IpPreference preference = appMesh(settings.preferences().of(color)).orElse(null);
    String namespace = Namespaces.name(settings, variant);
    return variant == Variant.DNS
        ? ServiceDiscovery.dns(
            new CloudMap(namespace, color.serviceName()).host(),
            DnsResponseType.LOAD_BALANCER,
            preference)
        : ServiceDiscovery.cloudMap(cloudMapService(namespace, color), null, preference);
  }

  /** By its name, since App Mesh refers to Cloud Map services by name. */
  private IService cloudMapService(String namespace, Color color) {
    return Service.fromServiceAttributes(
        this,
        id("CloudMap", color),
        ServiceAttributes.builder()
            .serviceName(color.serviceName())
            .serviceId("")
            .serviceArn("")
            .dnsRecordType(DnsRecordType.A)
            .routingPolicy(RoutingPolicy.MULTIVALUE)
            .namespace(
                PrivateDnsNamespace.fromPrivateDnsNamespaceAttributes(
                    this,
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

  static String meshName(Settings settings, Variant variant) {
    return "%s-%s-mesh".formatted(settings.meshName(), variant.word());
  }

  /** The ARN of something in App Mesh, by its path there. */
  static String arn(Construct scope, String path) {
    return Stack.of(scope)
        .formatArn(ArnComponents.builder().service("appmesh").resource(path).build());
  }

  static String gatewayRouteName(Color color) {
    return "colorgateway-route-" + color.color();
  }

  static String virtualServiceName(Settings settings, Color color) {
    return "colorteller-%d.%s".formatted(color.number(), settings.servicesDomain());
  }
}
