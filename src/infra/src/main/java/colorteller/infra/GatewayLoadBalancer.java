package colorteller.infra;

import colorteller.mesh.IpFamily;
import colorteller.mesh.WalkthroughPorts;
import java.util.List;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.LoadBalancerTargetOptions;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationLoadBalancer;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationProtocol;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationTargetGroup;
import software.amazon.awscdk.services.elasticloadbalancingv2.BaseApplicationListenerProps;
import software.amazon.awscdk.services.elasticloadbalancingv2.HealthCheck;
import software.amazon.awscdk.services.elasticloadbalancingv2.IpAddressType;
import software.amazon.awscdk.services.elasticloadbalancingv2.TargetGroupIpAddressType;
import software.amazon.awscdk.services.elasticloadbalancingv2.TargetType;
import software.constructs.Construct;

/**
 * The way in from the internet: one port reaches the gateway's IPv4 address, another its IPv6
 * address. ECS registers the IPv4 address; it knows nothing of the other (Step 9 of the
 * walkthrough).
 */
final class GatewayLoadBalancer extends Construct {

  private final ApplicationLoadBalancer loadBalancer;
  private final ApplicationTargetGroup ipv6Targets;

  /**
   * Creates it.
   *
   * @param targetGroupName of the IPv4 target group, at most 27 characters
   * @param group of the load balancer; see {@link SecurityGroups}
   */
  GatewayLoadBalancer(
      Construct scope,
      IVpc vpc,
      String targetGroupName,
      FargateService gateway,
      SecurityGroup group) {
    super(scope, "LoadBalancer");
    loadBalancer =
        ApplicationLoadBalancer.Builder.create(this, "Public")
            .vpc(vpc)
            .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PUBLIC).build())
            .internetFacing(true)
            .securityGroup(group)
            .ipAddressType(IpAddressType.DUAL_STACK)
            .dropInvalidHeaderFields(true)
            .build();
    ApplicationTargetGroup ipv4 =
        targetGroup(vpc, "Ipv4", targetGroupName, TargetGroupIpAddressType.IPV4);
    ipv4.addTarget(
        gateway.loadBalancerTarget(
            LoadBalancerTargetOptions.builder()
                .containerName(ColorgatewayService.CONTAINER)
                .containerPort(WalkthroughPorts.HTTP)
                .build()));
    listen(IpFamily.IPV4, ipv4);
    ipv6Targets =
        targetGroup(vpc, "Ipv6", targetGroupName + "-ipv6", TargetGroupIpAddressType.IPV6);
    listen(IpFamily.IPV6, ipv6Targets);
  }

  private void listen(IpFamily family, ApplicationTargetGroup target) {
    int port = WalkthroughPorts.loadBalancer(family);
    loadBalancer.addListener(
        "Listener" + port,
        BaseApplicationListenerProps.builder()
            .port(port)
            .protocol(ApplicationProtocol.HTTP)
            // SecurityGroups says who may come.
            .open(false)
            .defaultTargetGroups(List.of(target))
            .build());
  }

  private ApplicationTargetGroup targetGroup(
      IVpc vpc, String id, String name, TargetGroupIpAddressType addresses) {
    return ApplicationTargetGroup.Builder.create(this, id)
        .vpc(vpc)
        .targetGroupName(name)
        .targetType(TargetType.IP)
        .ipAddressType(addresses)
        .protocol(ApplicationProtocol.HTTP)
        .port(WalkthroughPorts.HTTP)
        // The original's 120 s, for long requests, holds up each deployment. Colours answer at
        // once.
        .deregistrationDelay(Duration.seconds(10))
        .healthCheck(
            HealthCheck.builder()
                .path("/")
                // An Envoy without a route for the path answers 404, and is well.
                .healthyHttpCodes("200,404")
                .interval(Duration.seconds(30))
                .timeout(Duration.seconds(10))
                .healthyThresholdCount(3)
                .unhealthyThresholdCount(3)
                .build())
        .build();
  }

  /** Writes each request to a bucket that the user owns, so it outlives the stack. */
  void logAccess(String bucket, String prefix) {
    loadBalancer.setAttribute("access_logs.s3.enabled", "true");
    loadBalancer.setAttribute("access_logs.s3.bucket", bucket);
    loadBalancer.setAttribute("access_logs.s3.prefix", prefix);
  }

  /** The target group of the gateway's IPv6 addresses, which {@link GatewayTargets} fills. */
  ApplicationTargetGroup ipv6Targets() {
    return ipv6Targets;
  }

  /** Leads to the gateway's IPv4 address. */
  String ipv4Url() {
    return "http://" + loadBalancer.getLoadBalancerDnsName();
  }

  /** Leads to the gateway's IPv6 address. */
  String ipv6Url() {
    return ipv4Url() + ":" + WalkthroughPorts.loadBalancer(IpFamily.IPV6);
  }
}
