package colorteller.infra;

import java.util.List;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.AmazonLinux2023ImageSsmParameterProps;
import software.amazon.awscdk.services.ec2.AmazonLinuxCpuType;
import software.amazon.awscdk.services.ec2.BlockDevice;
import software.amazon.awscdk.services.ec2.BlockDeviceVolume;
import software.amazon.awscdk.services.ec2.EbsDeviceOptions;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.Instance;
import software.amazon.awscdk.services.ec2.InstanceClass;
import software.amazon.awscdk.services.ec2.InstanceSize;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.constructs.Construct;

/** What the services of both variants share: cluster, namespaces, log group, bastion. */
final class ClusterStack extends Stack {

  ClusterStack(Construct scope, Settings settings) {
    super(scope, settings.projectName() + "-ecs-cluster", StackProps.builder().build());
    IVpc vpc = SharedVpc.of(this, settings);

    Cluster cluster =
        Cluster.Builder.create(this, "Cluster")
            .clusterName(settings.projectName())
            .vpc(vpc)
            .build();
    Shared.CLUSTER.export(this, settings, cluster.getClusterName());

    LogGroup logs =
        LogGroup.Builder.create(this, "LogGroup")
            .logGroupName(settings.projectName() + "-log-group")
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    Shared.LOG_GROUP.export(this, settings, logs.getLogGroupName());

    for (Variant variant : Variant.values()) {
      PrivateDnsNamespace namespace =
          PrivateDnsNamespace.Builder.create(this, variant == Variant.DNS ? "Dns" : "Cloud")
              .name(Namespaces.name(settings, variant))
              .vpc(vpc)
              .build();
      Namespaces.shared(variant).export(this, settings, namespace.getNamespaceId());
    }
    bastion(vpc, settings);
  }

  /** A machine inside the VPC, from which a person reaches the Envoys' admin interfaces. */
  private void bastion(IVpc vpc, Settings settings) {
    SecurityGroup group =
        SecurityGroup.Builder.create(this, "BastionGroup")
            .vpc(vpc)
            .description("Bastion: nothing in, since Session Manager needs no open port")
            .allowAllIpv6Outbound(true)
            .build();
    Instance bastion =
        Instance.Builder.create(this, "Bastion")
            .vpc(vpc)
            .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PUBLIC).build())
            .instanceType(InstanceType.of(InstanceClass.T4G, InstanceSize.NANO))
            .machineImage(
                MachineImage.latestAmazonLinux2023(
                    AmazonLinux2023ImageSsmParameterProps.builder()
                        .cpuType(AmazonLinuxCpuType.ARM_64)
                        .build()))
            .securityGroup(group)
            .requireImdsv2(true)
            .associatePublicIpAddress(true)
            .blockDevices(
                List.of(
                    BlockDevice.builder()
                        .deviceName("/dev/xvda")
                        .volume(
                            BlockDeviceVolume.ebs(
                                8, EbsDeviceOptions.builder().encrypted(true).build()))
                        .build()))
            .build();
    bastion
        .getRole()
        .addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName("AmazonSSMManagedInstanceCore"));
    Shared.BASTION_SECURITY_GROUP.export(this, settings, group.getSecurityGroupId());
    CfnOutput.Builder.create(this, "BastionIP").value(bastion.getInstancePublicIp()).build();
  }
}
