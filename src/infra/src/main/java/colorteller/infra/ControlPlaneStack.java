package colorteller.infra;

import colorteller.constructs.ControlPlane;
import colorteller.constructs.MeshCertificates;
import colorteller.constructs.MeshDocument;
import java.util.List;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ClusterAttributes;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.constructs.Construct;

/** The control plane of both variants, and the certificates of all Envoys. */
final class ControlPlaneStack extends NamedStack {

  ControlPlaneStack(Construct scope, Settings settings, List<MeshStack> meshes) {
    super(scope, settings.projectName() + "-control-plane");
    IVpc vpc = SharedVpc.of(this, settings);
    ICluster cluster =
        Cluster.fromClusterAttributes(
            this,
            "Cluster",
            ClusterAttributes.builder()
                .clusterName(Shared.CLUSTER.value(settings))
                .vpc(vpc)
                .build());
    List<MeshDocument> documents =
        meshes.stream().flatMap(mesh -> mesh.document().stream()).toList();
    MeshCertificates certificates =
        new MeshCertificates(
            this,
            "Certificates",
            settings.projectName() + "-mesh-certificates",
            certificates(settings),
            cluster,
            documents.stream().flatMap(document -> document.proxies().stream()).toList());
    SecurityGroup group =
        SecurityGroups.closed(
            this, vpc, "SecurityGroup", "Control plane: from Envoys and the bastion");
    SecurityGroups.allowHttpsOut(group, "Image, logs, documents, Cloud Map");
    Shared.CONTROL_PLANE_SECURITY_GROUP.export(this, settings, group.getSecurityGroupId());
    SecurityGroups.letTheBastionAsk(this, settings, group);
    PrivateDnsNamespace namespace =
        PrivateDnsNamespace.Builder.create(this, "Namespace")
            .name(namespace(settings))
            .vpc(vpc)
            .build();
    ControlPlane controlPlane =
        new ControlPlane(
            this,
            "ControlPlane",
            settings.projectName() + "-control-plane",
            new ControlPlane.Place(cluster, vpc.getPrivateSubnets(), namespace, group),
            new Logs(LogGroup.fromLogGroupName(this, "LogGroup", Shared.LOG_GROUP.value(settings)))
                .driver("control-plane"),
            documents,
            certificates.parameters());
    // Without a certificate it serves nobody.
    controlPlane.getNode().addDependency(certificates);
  }

  static MeshCertificates.Parameters certificates(Settings settings) {
    return new MeshCertificates.Parameters("/%s/certificates".formatted(settings.projectName()));
  }

  private static String namespace(Settings settings) {
    return settings.servicesDomain() + ".mesh";
  }

  /** By which Envoys find it. */
  static String host(Settings settings) {
    return ControlPlane.host(namespace(settings));
  }
}
