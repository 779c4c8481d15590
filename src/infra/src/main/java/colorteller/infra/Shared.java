package colorteller.infra;

import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.Stack;

/**
 * A value that one stack gives to others, under a name that does not change. CDK's own references
 * would tie stacks together that a pipeline deploys in different stages.
 */
enum Shared {
  VPC("VPC"),
  VPC_CIDR("VpcCIDR"),
  PUBLIC_SUBNET_1("PublicSubnet1"),
  PUBLIC_SUBNET_2("PublicSubnet2"),
  PRIVATE_SUBNET_1("PrivateSubnet1"),
  PRIVATE_SUBNET_2("PrivateSubnet2"),
  CLUSTER("ECSCluster"),
  LOG_GROUP("ECSServiceLogGroup"),
  BASTION_SECURITY_GROUP("BastionSecurityGroup"),
  CONTROL_PLANE_SECURITY_GROUP("ControlPlaneSecurityGroup"),
  DNS_NAMESPACE("DnsNamespace"),
  CLOUD_NAMESPACE("CloudNamespace");

  private final String suffix;

  Shared(String suffix) {
    this.suffix = suffix;
  }

  /** The export's name. */
  String exportName(Settings settings) {
    return settings.projectName() + ":" + suffix;
  }

  void export(Stack stack, Settings settings, String value) {
    CfnOutput.Builder.create(stack, suffix).value(value).exportName(exportName(settings)).build();
  }

  String value(Settings settings) {
    return Fn.importValue(exportName(settings));
  }
}
