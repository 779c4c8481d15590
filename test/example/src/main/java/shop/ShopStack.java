package shop;

import colorteller.constructs.ControlPlane;
import colorteller.constructs.EnvoyContainer;
import colorteller.constructs.EnvoyImage;
import colorteller.constructs.Gateway;
import colorteller.constructs.MeshCertificates;
import colorteller.constructs.MeshDocument;
import colorteller.constructs.MeshProxy;
import colorteller.constructs.Sidecar;
import colorteller.constructs.VirtualServiceNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecr.assets.Platform;
import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.CloudMapOptions;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerDependencyCondition;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.elasticloadbalancingv2.AddApplicationTargetsProps;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationLoadBalancer;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationProtocol;
import software.amazon.awscdk.services.elasticloadbalancingv2.BaseApplicationListenerProps;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.constructs.Construct;

/** A shop, with the mesh that it had in App Mesh. */
final class ShopStack extends Stack {

  private static final String DOMAIN = "shop.local";

  private final Cluster cluster;
  private final PrivateDnsNamespace namespace;
  private final LogGroup logGroup;
  private final ControlPlane controlPlane;
  private final EnvoyContainer envoy;

  ShopStack(Construct scope, String id) {
    super(scope, id);
    Vpc vpc = Vpc.Builder.create(this, "Vpc").maxAzs(2).natGateways(1).build();
    cluster = Cluster.Builder.create(this, "Cluster").vpc(vpc).build();
    namespace = PrivateDnsNamespace.Builder.create(this, "Namespace").name(DOMAIN).vpc(vpc).build();
    logGroup = LogGroup.Builder.create(this, "Logs").build();

    MeshDocument mesh =
        MeshDocument.ofTemplate(
            this, "Mesh", "/shop/mesh", Path.of("mesh.yaml"), Map.of("Domain", DOMAIN), Map.of());
    MeshCertificates certificates =
        new MeshCertificates(
            this,
            "Certificates",
            "shop-mesh-certificates",
            new MeshCertificates.Parameters("/shop/certificates"),
            cluster,
            mesh.proxies());
    controlPlane =
        new ControlPlane(
            this,
            "ControlPlane",
            "shop-control-plane",
            new ControlPlane.Place(
                cluster,
                vpc.getPrivateSubnets(),
                namespace,
                SecurityGroup.Builder.create(this, "ControlPlaneGroup").vpc(vpc).build()),
            logs("control-plane"),
            List.of(mesh),
            certificates.parameters());
    controlPlane.getNode().addDependency(mesh, certificates);
    new VirtualServiceNames(this, "Names", vpc, List.of(mesh));
    envoy =
        new EnvoyContainer(
            EnvoyImage.of(this, "Envoy", Platform.LINUX_AMD64),
            logs("envoy"),
            ControlPlane.host(DOMAIN),
            certificates.parameters(),
            OptionalInt.empty());

    FargateService front = front(mesh.virtualGateway("front"));
    FargateService web = service("Web", "web", task("Web", mesh.virtualNode("web")));
    FargateService cart = service("Cart", "cart", task("Cart", mesh.virtualNode("cart")));
    FargateService stock = service("Stock", "stock", task("Stock", mesh.virtualNode("stock")));
    web.getConnections().allowFrom(front, Port.tcp(8080), "Requests of the gateway");
    cart.getConnections().allowFrom(web, Port.tcp(8080), "Requests of the web shop");
    stock.getConnections().allowFrom(cart, Port.tcp(9000), "Connections of the cart");

    ApplicationLoadBalancer.Builder.create(this, "Balancer")
        .vpc(vpc)
        .internetFacing(true)
        .build()
        .addListener("Http", BaseApplicationListenerProps.builder().port(80).build())
        .addTargets(
            "Front",
            AddApplicationTargetsProps.builder()
                .port(8080)
                .protocol(ApplicationProtocol.HTTP)
                .targets(List.of(front))
                .build());
  }

  private FargateService front(MeshProxy gateway) {
    FargateTaskDefinition task = FargateTaskDefinition.Builder.create(this, "FrontTask").build();
    Gateway.addTo(task, "envoy", envoy, gateway);
    return service("Front", "front", task);
  }

  /** An application, which any image can be, and its Envoy. */
  private FargateTaskDefinition task(String id, MeshProxy node) {
    FargateTaskDefinition task = FargateTaskDefinition.Builder.create(this, id + "Task").build();
    // The Envoy has the node's port. The application's is on loopback, where nobody else comes.
    int port = Sidecar.applicationPort(node.ports().get(0));
    ContainerDefinition application =
        task.addContainer(
            "app",
            ContainerDefinitionOptions.builder()
                .image(
                    ContainerImage.fromRegistry("public.ecr.aws/docker/library/python:3.13-slim"))
                .command(
                    List.of(
                        "python", "-m", "http.server", "--bind", "127.0.0.1", String.valueOf(port)))
                .healthCheck(
                    HealthCheck.builder()
                        .command(
                            List.of(
                                "CMD",
                                "python",
                                "-c",
                                "import urllib.request as r; r.urlopen('http://127.0.0.1:%d')"
                                    .formatted(port)))
                        .build())
                .logging(logs(node.id().name()))
                .build());
    Sidecar.addTo(task, envoy, node, application, ContainerDependencyCondition.HEALTHY);
    return task;
  }

  private FargateService service(String id, String name, FargateTaskDefinition task) {
    FargateService service =
        FargateService.Builder.create(this, id)
            .cluster(cluster)
            .taskDefinition(task)
            .minHealthyPercent(100)
            .circuitBreaker(DeploymentCircuitBreaker.builder().rollback(true).build())
            .cloudMapOptions(
                CloudMapOptions.builder()
                    .name(name)
                    .cloudMapNamespace(namespace)
                    .dnsTtl(Sidecar.recordsLive())
                    .build())
            .build();
    // An Envoy is healthy once it knows what to do.
    service.getNode().addDependency(controlPlane);
    controlPlane
        .service()
        .getConnections()
        .allowFrom(service, Port.tcp(ControlPlane.PORT), "Configuration of Envoys");
    return service;
  }

  private LogDriver logs(String prefix) {
    return LogDriver.awsLogs(
        AwsLogDriverProps.builder().logGroup(logGroup).streamPrefix(prefix).build());
  }
}
