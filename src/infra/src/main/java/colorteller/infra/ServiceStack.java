package colorteller.infra;

import java.util.Optional;
import java.util.OptionalInt;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ClusterAttributes;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.servicediscovery.INamespace;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespaceAttributes;
import software.constructs.Construct;

/** What runs for a variant: the six colours, the gateway, and the load balancer in front of it. */
final class ServiceStack extends NamedStack {

  ServiceStack(Construct scope, Settings settings, Variant variant, MeshStack mesh) {
    super(scope, "%s-%s-ecs-service".formatted(settings.projectName(), variant.word()));
    IVpc vpc = SharedVpc.of(this, settings);
    ISubnet ipv4Only = vpc.getPrivateSubnets().get(0);
    ISubnet dualStack = vpc.getPrivateSubnets().get(1);

    SecurityGroups groups = new SecurityGroups(this, vpc, settings);
    ICluster cluster = cluster(settings, vpc);
    INamespace namespace = namespace(settings, variant);
    Logs logs =
        new Logs(LogGroup.fromLogGroupName(this, "LogGroup", Shared.LOG_GROUP.value(settings)));
    TaskEnvironment environment =
        new TaskEnvironment(
            cluster,
            namespace,
            logs,
            envoys(settings, logs),
            Images.colorteller(this, settings),
            MeshStack.meshName(settings, variant),
            settings.envoyMetrics() ? Optional.of(settings.projectName()) : Optional.empty());
    for (Color color : Color.values()) {
      new ColortellerService(
          this,
          environment,
          color,
          color.discovery().size() == 2 ? dualStack : ipv4Only,
          groups.nodes());
    }
    ColorgatewayService colorgateway =
        new ColorgatewayService(this, environment, dualStack, groups.gateway());
    GatewayLoadBalancer loadBalancer =
        new GatewayLoadBalancer(
            this,
            vpc,
            "%s-web-%s".formatted(settings.projectName(), variant.word()),
            colorgateway.service(),
            groups.loadBalancer());
    settings.accessLogsBucket().ifPresent(bucket -> loadBalancer.logAccess(bucket, getStackName()));
    new GatewayTargets(
        this,
        "%s-%s-gateway-targets".formatted(settings.projectName(), variant.word()),
        environment.cluster(),
        colorgateway.service(),
        loadBalancer.ipv6Targets());
    new Verifier(this, settings, variant, mesh.document(), environment.cluster(), loadBalancer);
    CfnOutput.Builder.create(this, "ColorAppEndpoint").value(loadBalancer.ipv4Url()).build();
    CfnOutput.Builder.create(this, "ColorAppEndpointIpv6")
        .description("Reaches the gateway by IPv6")
        .value(loadBalancer.ipv6Url())
        .build();
  }

  private Envoys envoys(Settings settings, Logs logs) {
    ContainerImage image = Images.envoy(this, settings);
    return switch (settings.backend()) {
      case APPMESH -> new AppMeshEnvoys(image, logs, settings.envoyMetrics());
      case ENVOY ->
          new OwnEnvoys(
              image,
              logs,
              ControlPlaneStack.host(settings),
              ControlPlaneStack.certificates(settings),
              settings.envoyMetrics()
                  ? OptionalInt.of(CloudWatchAgent.STATSD_PORT)
                  : OptionalInt.empty());
    };
  }

  private ICluster cluster(Settings settings, IVpc vpc) {
    return Cluster.fromClusterAttributes(
        this,
        "Cluster",
        ClusterAttributes.builder().clusterName(Shared.CLUSTER.value(settings)).vpc(vpc).build());
  }

  private INamespace namespace(Settings settings, Variant variant) {
    return PrivateDnsNamespace.fromPrivateDnsNamespaceAttributes(
        this,
        "Namespace",
        PrivateDnsNamespaceAttributes.builder()
            .namespaceName(Namespaces.name(settings, variant))
            .namespaceId(Namespaces.shared(variant).value(settings))
            .namespaceArn("")
            .build());
  }
}
