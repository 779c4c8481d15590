package colorteller.constructs;

import colorteller.controlplane.WithoutRedirection;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.route53.ARecord;
import software.amazon.awscdk.services.route53.PrivateHostedZone;
import software.amazon.awscdk.services.route53.RecordTarget;
import software.constructs.Construct;

/**
 * The names of the virtual services that are a backend, for a VPC without redirection: each leads
 * to a loopback address, where the caller's own {@link Sidecar} takes the connection. So an
 * application calls a virtual service as it did in App Mesh.
 *
 * <p>A hosted zone for each name, so that no other name is hidden; each costs 0.50 US dollars a
 * month. Two meshes in one VPC that name a virtual service alike share it.
 */
public final class VirtualServiceNames extends Construct {

  /** Creates the zones. */
  public VirtualServiceNames(
      Construct scope, String id, IVpc vpc, Collection<MeshDocument> documents) {
    super(scope, id);
    SortedMap<String, String> addresses = new TreeMap<>();
    documents.forEach(
        document -> addresses.putAll(new WithoutRedirection(document.mesh()).addresses()));
    addresses.forEach(
        (name, address) -> {
          PrivateHostedZone zone =
              PrivateHostedZone.Builder.create(this, name).zoneName(name).vpc(vpc).build();
          ARecord.Builder.create(zone, "Loopback")
              .zone(zone)
              .target(RecordTarget.fromIpAddresses(address))
              .ttl(Duration.seconds(10))
              .build();
        });
  }
}
