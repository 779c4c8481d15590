package colorteller.mesh;

import static colorteller.mesh.IpFamily.IPV4;
import static colorteller.mesh.IpFamily.IPV6;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The walkthrough's table of IP preferences: what each one means for the Envoys of a mesh. Every
 * other part of this project asks this table.
 *
 * <p>Source: "How IP Preferences Impact Envoy Configuration" in AWS's walkthrough of IPv6 in App
 * Mesh.
 */
public enum IpPreference {
  // spotless:off
  //             App Mesh's name   DNS lookup              Cloud Map address    local app  listener binds
  NONE(          null,             DnsLookup.AUTO,         List.of(IPV4, IPV6), IPV4,      ListenerBinding.IPV4),
  IPV4_PREFERRED("IPv4_PREFERRED", DnsLookup.V4_PREFERRED, List.of(IPV4, IPV6), IPV4,      ListenerBinding.DUAL),
  IPV6_PREFERRED("IPv6_PREFERRED", DnsLookup.AUTO,         List.of(IPV6, IPV4), IPV6,      ListenerBinding.DUAL),
  IPV4_ONLY(     "IPv4_ONLY",      DnsLookup.V4_ONLY,      List.of(IPV4),       IPV4,      ListenerBinding.DUAL),
  IPV6_ONLY(     "IPv6_ONLY",      DnsLookup.V6_ONLY,      List.of(IPV6),       IPV6,      ListenerBinding.DUAL);
  // spotless:on

  /** Envoy's {@code dns_lookup_family}, with the families in the order in which it takes them. */
  public enum DnsLookup {
    AUTO(List.of(IPV6, IPV4)),
    V4_PREFERRED(List.of(IPV4, IPV6)),
    V4_ONLY(List.of(IPV4)),
    V6_ONLY(List.of(IPV6));

    private final List<IpFamily> order;

    DnsLookup(List<IpFamily> order) {
      this.order = order;
    }

    /** The families asked for, the preferred one first. */
    public List<IpFamily> order() {
      return order;
    }
  }

  /** The wildcard addresses that a listener binds. */
  public enum ListenerBinding {
    /** {@code 0.0.0.0}. */
    IPV4(Set.of(IpFamily.IPV4)),
    /** {@code ::} with {@code ipv4_compat}. */
    DUAL(Set.of(IpFamily.IPV4, IpFamily.IPV6));

    private final Set<IpFamily> families;

    ListenerBinding(Set<IpFamily> families) {
      this.families = families;
    }

    /** The families that the listener accepts. */
    public Set<IpFamily> families() {
      return families;
    }
  }

  private final Optional<String> appMeshName;
  private final DnsLookup dnsLookup;
  private final List<IpFamily> cloudMapOrder;
  private final IpFamily localApplication;
  private final ListenerBinding listenerBinding;

  IpPreference(
      @Nullable String appMeshName,
      DnsLookup dnsLookup,
      List<IpFamily> cloudMapOrder,
      IpFamily localApplication,
      ListenerBinding listenerBinding) {
    this.appMeshName = Optional.ofNullable(appMeshName);
    this.dnsLookup = dnsLookup;
    this.cloudMapOrder = cloudMapOrder;
    this.localApplication = localApplication;
    this.listenerBinding = listenerBinding;
  }

  /** The value of {@code IpPreference} in a template; empty where the property is left out. */
  public Optional<String> appMeshName() {
    return appMeshName;
  }

  /** How Envoy's DNS resolver looks a node's host name up. */
  public DnsLookup dnsLookup() {
    return dnsLookup;
  }

  /** The families whose Cloud Map address is used, the first that is registered. */
  public List<IpFamily> cloudMapOrder() {
    return cloudMapOrder;
  }

  /** The loopback address at which a node's Envoy reaches its application. There is only one. */
  public IpFamily localApplication() {
    return localApplication;
  }

  /** What the Envoy's listeners bind. */
  public ListenerBinding listenerBinding() {
    return listenerBinding;
  }

  /** App Mesh's four names, as a template and the context spell them. */
  public static List<String> names() {
    return Arrays.stream(values()).flatMap(p -> p.appMeshName.stream()).toList();
  }

  /**
   * Reads App Mesh's name of a preference.
   *
   * @throws IllegalArgumentException if App Mesh has no such preference
   */
  public static IpPreference of(String name) {
    return Arrays.stream(values())
        .filter(p -> p.appMeshName.filter(name::equals).isPresent())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not allowed; allowed are %s"
                        .formatted(name, String.join(", ", names()))));
  }

  @Override
  public String toString() {
    return appMeshName.orElse("no preference");
  }
}
