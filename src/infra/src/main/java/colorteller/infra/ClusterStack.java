package colorteller.infra;

import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.constructs.Construct;

/** What the services of both variants share: cluster, namespaces, log group, bastion. */
final class ClusterStack extends NamedStack {

  ClusterStack(Construct scope, Settings settings) {
    super(scope, settings.projectName() + "-ecs-cluster");
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
    Bastion bastion = new Bastion(this, vpc, settings.ssh());
    Shared.BASTION_SECURITY_GROUP.export(this, settings, bastion.securityGroupId());
    CfnOutput.Builder.create(this, "BastionIP").value(bastion.publicIp()).build();
    CfnOutput.Builder.create(this, "BastionSession")
        .description("Opens a shell on the bastion")
        .value(
            "aws ssm start-session --region %s --target %s"
                .formatted(getRegion(), bastion.instanceId()))
        .build();
  }
}
