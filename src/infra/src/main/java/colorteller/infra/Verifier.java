package colorteller.infra;

import colorteller.constructs.JavaFunction;
import colorteller.constructs.MeshDocument;
import colorteller.mesh.ProxyId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.lambda.Code;
import software.constructs.Construct;

/**
 * Says whether the deployed stage behaves as its mesh says that it should. It asks from outside the
 * VPC, as a client does. A person or a pipeline invokes it.
 */
final class Verifier extends Construct {

  Verifier(
      Construct scope,
      Settings settings,
      Variant variant,
      Optional<MeshDocument> document,
      ICluster cluster,
      GatewayLoadBalancer loadBalancer) {
    super(scope, "Verifier");
    String mesh = MeshStack.meshName(settings, variant);
    JavaFunction function =
        new JavaFunction(
            this,
            "walkthrough-verifier",
            Code.fromAsset("lambda/walkthrough-verifier/target/package"),
            functionName(settings, variant),
            512,
            // The longest that Lambda knows; it gives up before.
            Duration.minutes(15),
            Map.of(
                "VARIANT",
                variant.word(),
                document.isEmpty() ? "MESH_NAME" : "MESH_DOCUMENT",
                document.map(MeshDocument::parameterName).orElse(mesh),
                "ENDPOINT_IPV4",
                loadBalancer.ipv4Url(),
                "ENDPOINT_IPV6",
                loadBalancer.ipv6Url(),
                // Five minutes: App Mesh took minutes for a change, and DNS answers live for 300 s.
                "ROUNDS",
                "16",
                "PAUSE_SECONDS",
                "20",
                "LIMIT_SECONDS",
                "720"),
            null);
    Stack stack = Stack.of(this);
    document.ifPresentOrElse(
        own -> own.allowReading(this, function::allow),
        () -> allowReadingTheMesh(function, settings, mesh));
    function.allowIf(
        List.of("servicediscovery:DiscoverInstances"),
        Map.of(
            "StringEquals",
            // In an order that stays.
            new TreeMap<>(
                Map.of(
                    "servicediscovery:NamespaceName",
                    Namespaces.name(settings, variant),
                    "servicediscovery:ServiceName",
                    names(Color::serviceName)))));
    function.allow(
        List.of("ecs:DescribeTasks"),
        "arn:%s:ecs:%s:%s:task/%s/*"
            .formatted(
                stack.getPartition(),
                stack.getRegion(),
                stack.getAccount(),
                cluster.getClusterName()));
    function.allow(List.of("ecs:DescribeTaskDefinition"), "*");
  }

  static String functionName(Settings settings, Variant variant) {
    return "%s-%s-verifier".formatted(settings.projectName(), variant.word());
  }

  private void allowReadingTheMesh(JavaFunction function, Settings settings, String mesh) {
    String arn = MeshStack.arn(this, "mesh/" + mesh);
    String gateway = arn(new ProxyId(mesh, ProxyId.Kind.VIRTUAL_GATEWAY, MeshStack.GATEWAY_NAME));
    function.allow(
        Stream.of("DescribeMesh", "ListVirtualGateways", "ListVirtualNodes", "ListVirtualServices")
            .map(action -> "appmesh:" + action)
            .toList(),
        arn);
    function.allow(List.of("appmesh:DescribeVirtualGateway", "appmesh:ListGatewayRoutes"), gateway);
    function.allow(
        List.of("appmesh:DescribeGatewayRoute"),
        names(c -> gateway + "/gatewayRoute/" + MeshStack.gatewayRouteName(c)));
    function.allow(
        List.of("appmesh:DescribeVirtualNode"),
        names(c -> arn(new ProxyId(mesh, ProxyId.Kind.VIRTUAL_NODE, c.virtualNodeName()))));
    function.allow(
        List.of("appmesh:DescribeVirtualService"),
        names(c -> arn + "/virtualService/" + MeshStack.virtualServiceName(settings, c)));
  }

  private String arn(ProxyId proxy) {
    return MeshStack.arn(this, proxy.toString());
  }

  private static List<String> names(Function<Color, String> name) {
    return Stream.of(Color.values()).map(name).toList();
  }
}
