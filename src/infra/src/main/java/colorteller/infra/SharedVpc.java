package colorteller.infra;

import java.util.List;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ec2.VpcAttributes;
import software.constructs.Construct;

/** The VPC of {@link VpcStack}, as other stacks see it: through its exports. */
final class SharedVpc {

  private SharedVpc() {}

  static IVpc of(Construct scope, Settings settings) {
    // Only the VPC's own stack adds routes, so nobody needs the subnets' route tables.
    Annotations.of(scope).acknowledgeWarning("@aws-cdk/aws-ec2:noSubnetRouteTableId");
    return Vpc.fromVpcAttributes(
        scope,
        "Vpc",
        VpcAttributes.builder()
            .vpcId(Shared.VPC.value(settings))
            .vpcCidrBlock(Shared.VPC_CIDR.value(settings))
            .availabilityZones(List.of(Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())))
            .publicSubnetIds(
                List.of(
                    Shared.PUBLIC_SUBNET_1.value(settings), Shared.PUBLIC_SUBNET_2.value(settings)))
            .privateSubnetIds(
                List.of(
                    Shared.PRIVATE_SUBNET_1.value(settings),
                    Shared.PRIVATE_SUBNET_2.value(settings)))
            .build());
  }
}
