package colorteller.infra;

import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.AmazonLinux2023ImageSsmParameterProps;
import software.amazon.awscdk.services.ec2.AmazonLinuxCpuType;
import software.amazon.awscdk.services.ec2.BlockDevice;
import software.amazon.awscdk.services.ec2.BlockDeviceVolume;
import software.amazon.awscdk.services.ec2.EbsDeviceOptions;
import software.amazon.awscdk.services.ec2.HttpTokens;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.Instance;
import software.amazon.awscdk.services.ec2.InstanceClass;
import software.amazon.awscdk.services.ec2.InstanceSize;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.KeyPair;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.constructs.Construct;

/**
 * A machine inside the VPC, from which a person reaches the Envoys: by Session Manager, which needs
 * no open port, and by SSH only where the settings say who.
 */
final class Bastion extends Construct {

  private final SecurityGroup group;
  private final Instance instance;

  Bastion(Construct scope, IVpc vpc, Optional<Settings.SshAccess> ssh) {
    super(scope, "Bastion");
    group = SecurityGroups.closed(this, vpc, "SecurityGroup", "Bastion");
    SecurityGroups.allowHttpsOut(group, "Session Manager, packages");
    instance =
        Instance.Builder.create(this, "Instance")
            .instanceName(Stack.of(this).getStackName() + "/Bastion")
            .vpc(vpc)
            .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PUBLIC).build())
            .instanceType(InstanceType.of(InstanceClass.T4G, InstanceSize.NANO))
            // Looked up at each deployment, which replaces a bastion whose image has aged.
            .machineImage(
                MachineImage.latestAmazonLinux2023(
                    AmazonLinux2023ImageSsmParameterProps.builder()
                        .cpuType(AmazonLinuxCpuType.ARM_64)
                        .build()))
            .securityGroup(group)
            .httpTokens(HttpTokens.REQUIRED)
            .associatePublicIpAddress(true)
            .keyPair(
                ssh.map(s -> KeyPair.fromKeyPairName(this, "KeyPair", s.keyPairName()))
                    .orElse(null))
            .blockDevices(
                List.of(
                    BlockDevice.builder()
                        .deviceName("/dev/xvda")
                        .volume(
                            BlockDeviceVolume.ebs(
                                8, EbsDeviceOptions.builder().encrypted(true).build()))
                        .build()))
            .build();
    ssh.map(Settings.SshAccess::cidr)
        .map(cidr -> cidr.contains(":") ? Peer.ipv6(cidr) : Peer.ipv4(cidr))
        .ifPresent(peer -> group.addIngressRule(peer, Port.SSH, "SSH"));
    permitSessions();
  }

  /**
   * What Session Manager's agent calls. Amazon's managed policy for it also reads every parameter
   * of Parameter Store.
   */
  private void permitSessions() {
    Stack stack = Stack.of(this);
    instance.addToRolePolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("ssm:UpdateInstanceInformation"))
            .resources(
                List.of(
                    "arn:%s:ec2:%s:%s:instance/*"
                        .formatted(stack.getPartition(), stack.getRegion(), stack.getAccount())))
            .build());
    instance.addToRolePolicy(
        PolicyStatement.Builder.create()
            .actions(
                List.of(
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel"))
            .resources(List.of("*"))
            .build());
  }

  String securityGroupId() {
    return group.getSecurityGroupId();
  }

  String instanceId() {
    return instance.getInstanceId();
  }

  String publicIp() {
    return instance.getInstancePublicIp();
  }
}
