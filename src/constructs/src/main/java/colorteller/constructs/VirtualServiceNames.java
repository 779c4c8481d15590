package colorteller.constructs;

import static java.util.stream.Collectors.toSet;

import colorteller.controlplane.UntranslatableMesh;
import colorteller.controlplane.WithoutRedirection;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
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
 * <p>A hosted zone for each name. It hides this name and all below it, and none beside or above;
 * what Envoys could not find any more fails the synthesis. Each costs 0.50 US dollars a month. Two
 * meshes in one VPC that name a virtual service alike share it.
 */
public final class VirtualServiceNames extends Construct {

  /**
   * Creates the zones.
   *
   * @param documents of all meshes in the VPC
   * @throws colorteller.controlplane.UntranslatableMesh if a zone hides the host name of a node
   * @throws IllegalArgumentException if Cloud Map has a zone of the same name in the VPC
   */
  public VirtualServiceNames(
      Construct scope, String id, IVpc vpc, Collection<MeshDocument> documents) {
    super(scope, id);
    Set<String> namespaces =
        documents.stream()
            .flatMap(MeshDocument::namespaces)
            .map(VirtualServiceNames::lowerCase)
            .collect(toSet());
    SortedMap<String, String> addresses = new TreeMap<>();
    for (MeshDocument document : documents) {
      WithoutRedirection placement = new WithoutRedirection(document.mesh());
      requireFound(placement, document, documents);
      placement
          .addresses()
          .forEach(
              (name, address) -> {
                if (namespaces.contains(lowerCase(name))) {
                  throw new IllegalArgumentException(
                      "%s: the virtual service %s is named as a Cloud Map namespace, and a VPC takes one private hosted zone of a name; give the virtual service another name, such as one below it"
                          .formatted(document.file(), name));
                }
                addresses.put(lowerCase(name), address);
              });
    }
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

  private static void requireFound(
      WithoutRedirection placement, MeshDocument document, Collection<MeshDocument> all) {
    try {
      all.forEach(other -> placement.requireFound(other.mesh()));
    } catch (UntranslatableMesh e) {
      throw e.in(document.file());
    }
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
