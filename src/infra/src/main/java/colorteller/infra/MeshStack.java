package colorteller.infra;

import colorteller.constructs.MeshDocument;
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
 * The mesh of a variant ({@link ColorMesh}): as resources of App Mesh, or as the document that our
 * own control plane reads. A stage changes this stack, and nothing else.
 */
final class MeshStack extends NamedStack {

  static final String GATEWAY_NAME = "colorgateway-vg";

  private final Optional<MeshDocument> document;

  MeshStack(Construct scope, Settings settings, Variant variant) {
    super(scope, "%s-%s-mesh".formatted(settings.projectName(), variant.word()));
    if (settings.backend() == Backend.ENVOY) {
      document =
          Optional.of(
              MeshDocument.ofConstructs(
                  this,
                  "Document",
                  documentParameter(settings, variant),
                  stack -> ColorMesh.addTo(stack, settings, variant)));
      return;
    }
    document = Optional.empty();
    Validations.of(this)
        .acknowledge(
            Acknowledgment.builder()
                .id("CloudFormation-Validate::W3696")
                .reason("AWS ended App Mesh on 2026-09-30; the app says so once itself")
                .build());
    ColorMesh.addTo(this, settings, variant);
  }

  /** What our own control plane reads; empty where App Mesh's does. */
  Optional<MeshDocument> document() {
    return document;
  }

  static String documentParameter(Settings settings, Variant variant) {
    return "/%s/%s/mesh".formatted(settings.projectName(), variant.word());
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
