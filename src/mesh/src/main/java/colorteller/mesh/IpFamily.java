package colorteller.mesh;

import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A version of the Internet Protocol. */
public enum IpFamily {
  IPV4("IPv4", "127.0.0.1"),
  IPV6("IPv6", "::1");

  private final String label;
  private final String loopback;

  IpFamily(String label, String loopback) {
    this.label = label;
    this.loopback = loopback;
  }

  /** The loopback address of this family. */
  public String loopback() {
    return loopback;
  }

  /** A port on the loopback address of this family. */
  public InetSocketAddress socketAddress(int port) {
    return new InetSocketAddress(loopback, port);
  }

  /** Both families. */
  public static Set<IpFamily> dual() {
    return EnumSet.allOf(IpFamily.class);
  }

  /**
   * Reads {@code ipv4}, {@code ipv6} or {@code dual}, as the colorteller's {@code IP_FAMILY} and
   * the workloads file spell them.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Set<IpFamily> parse(String word) {
    return switch (word) {
      case "ipv4" -> EnumSet.of(IPV4);
      case "ipv6" -> EnumSet.of(IPV6);
      case "dual" -> dual();
      default ->
          throw new IllegalArgumentException(
              "'%s' is not allowed; allowed are ipv4, ipv6, dual".formatted(word));
    };
  }

  /** How {@link #parse} spells these families. */
  public static String word(Set<IpFamily> families) {
    return families.size() == 2
        ? "dual"
        : families.iterator().next().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label;
  }
}
