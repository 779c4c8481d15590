package colorteller.infra;

import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ecr.assets.DockerImageAsset;
import software.amazon.awscdk.services.ecr.assets.Platform;
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
final class ServiceStack extends Stack {

  ServiceStack(Construct scope, Settings settings, Variant variant) {
    super(
        scope,
        "%s-%s-ecs-service".formatted(settings.projectName(), variant.word()),
        StackProps.builder().build());
    IVpc vpc = SharedVpc.of(this, settings);
    ISubnet ipv4Only = vpc.getPrivateSubnets().get(0);
    ISubnet dualStack = vpc.getPrivateSubnets().get(1);

    SecurityGroup nodes = group(vpc, "NodeSecurityGroup", "Colour tasks: from the gateway only");
    SecurityGroup gateway =
        group(vpc, "GatewaySecurityGroup", "Gateway task: from the load balancer only");
    ISecurityGroup bastion =
        SecurityGroup.fromSecurityGroupId(
            this, "Bastion", Shared.BASTION_SECURITY_GROUP.value(settings));
    nodes.addIngressRule(gateway, Port.tcp(MeshStack.PORT), "Requests from the gateway");
    nodes.addIngressRule(bastion, Port.tcp(MeshStack.PORT), "Requests from the bastion");
    gateway.addIngressRule(
        bastion, Port.tcp(EnvoyContainer.ADMIN_PORT), "Envoy's admin interface from the bastion");

    TaskEnvironment environment =
        new TaskEnvironment(
            cluster(settings, vpc),
            namespace(settings, variant),
            LogGroup.fromLogGroupName(this, "LogGroup", Shared.LOG_GROUP.value(settings)),
            ContainerImage.fromRegistry(settings.envoyImage()),
            colortellerImage(settings),
            MeshStack.meshName(settings, variant));
    for (Color color : Color.values()) {
      new ColortellerService(
          this, environment, color, color.discovery().size() == 2 ? dualStack : ipv4Only, nodes);
    }
    ColorgatewayService colorgateway =
        new ColorgatewayService(this, environment, dualStack, gateway);
    GatewayLoadBalancer loadBalancer =
        new GatewayLoadBalancer(
            this,
            vpc,
            "%s-web-%s".formatted(settings.projectName(), variant.word()),
            colorgateway.service());
    CfnOutput.Builder.create(this, "ColorAppEndpoint").value(loadBalancer.url()).build();
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

  private ContainerImage colortellerImage(Settings settings) {
    return settings
        .colortellerImage()
        .<ContainerImage>map(ContainerImage::fromRegistry)
        .orElseGet(
            () ->
                ContainerImage.fromDockerImageAsset(
                    DockerImageAsset.Builder.create(this, "ColortellerImage")
                        .directory("src/colorteller")
                        .platform(Platform.LINUX_ARM64)
                        .build()));
  }

  private SecurityGroup group(IVpc vpc, String id, String description) {
    return SecurityGroup.Builder.create(this, id)
        .vpc(vpc)
        .description(description)
        .allowAllIpv6Outbound(true)
        .build();
  }
}
