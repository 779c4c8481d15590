package colorteller.infra;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.ec2.CfnSubnet;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.IpAddresses;
import software.amazon.awscdk.services.ec2.IpProtocol;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

/**
 * A dual-stack VPC in two zones: two public dual-stack subnets, a private subnet with IPv4 only and
 * a private dual-stack one. Which private subnet a task runs in decides under which families it can
 * be discovered.
 */
final class VpcStack extends NamedStack {

  VpcStack(Construct scope, Settings settings) {
    super(scope, settings.projectName() + "-vpc");
    Vpc vpc =
        Vpc.Builder.create(this, "Vpc")
            .vpcName(settings.projectName())
            .ipAddresses(IpAddresses.cidr("10.0.0.0/16"))
            .ipProtocol(IpProtocol.DUAL_STACK)
            .maxAzs(2)
            .natGateways(settings.natGateways())
            // Nothing is in the default group. To empty its rules, CDK would add a Lambda function.
            .restrictDefaultSecurityGroup(false)
            .gatewayEndpoints(
                Map.of(
                    // ECR keeps the layers of images in S3: this way they do not cross the NAT.
                    "S3",
                    GatewayVpcEndpointOptions.builder()
                        .service(GatewayVpcEndpointAwsService.S3)
                        .build()))
            .subnetConfiguration(
                List.of(
                    SubnetConfiguration.builder()
                        .name("Public")
                        .subnetType(SubnetType.PUBLIC)
                        .cidrMask(19)
                        .build(),
                    SubnetConfiguration.builder()
                        .name("Private")
                        .subnetType(SubnetType.PRIVATE_WITH_EGRESS)
                        .cidrMask(19)
                        .build()))
            .build();
    ISubnet ipv4Only = vpc.getPrivateSubnets().get(0);
    withoutIpv6(ipv4Only);
    vpc.getPublicSubnets().forEach(subnet -> routeIpv6AfterAttachment(vpc, subnet));
    // CDK's name would say where in the app it is, which another one is in the pipeline.
    Stream.of(vpc.getPublicSubnets(), vpc.getPrivateSubnets())
        .flatMap(List::stream)
        .forEach(
            subnet ->
                Tags.of(subnet)
                    .add("Name", "%s/%s".formatted(getStackName(), subnet.getNode().getId())));
    if (settings.flowLogs()) {
      logTraffic(vpc);
    }

    Shared.VPC.export(this, settings, vpc.getVpcId());
    Shared.VPC_CIDR.export(this, settings, vpc.getVpcCidrBlock());
    Shared.PUBLIC_SUBNET_1.export(this, settings, vpc.getPublicSubnets().get(0).getSubnetId());
    Shared.PUBLIC_SUBNET_2.export(this, settings, vpc.getPublicSubnets().get(1).getSubnetId());
    Shared.PRIVATE_SUBNET_1.export(this, settings, ipv4Only.getSubnetId());
    Shared.PRIVATE_SUBNET_2.export(this, settings, vpc.getPrivateSubnets().get(1).getSubnetId());
  }

  /** CDK lets only the IPv4 route wait (aws-cdk issue 37853); EC2 refuses one that is too early. */
  private static void routeIpv6AfterAttachment(Vpc vpc, ISubnet subnet) {
    subnet
        .getNode()
        .findChild("DefaultRoute6")
        .getNode()
        .addDependency(vpc.getNode().findChild("VPCGW"));
  }

  private void logTraffic(Vpc vpc) {
    LogGroup logs =
        LogGroup.Builder.create(this, "FlowLogGroup")
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    vpc.addFlowLog(
        "FlowLog",
        FlowLogOptions.builder().destination(FlowLogDestination.toCloudWatchLogs(logs)).build());
  }

  /** CDK's dual-stack VPC makes every subnet dual; this takes IPv6 from one again. */
  private static void withoutIpv6(ISubnet subnet) {
    CfnSubnet resource = (CfnSubnet) subnet.getNode().getDefaultChild();
    resource.addPropertyDeletionOverride("Ipv6CidrBlock");
    resource.addPropertyDeletionOverride("AssignIpv6AddressOnCreation");
    subnet.getNode().tryRemoveChild("DefaultRoute6");
  }
}
