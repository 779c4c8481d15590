package colorteller.colorteller;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The loopback addresses on which the application listens. */
public enum IpFamilies {
  IPV4("127.0.0.1"),
  IPV6("::1"),
  DUAL("127.0.0.1", "::1");

  private final List<String> loopback;

  IpFamilies(String... loopback) {
    this.loopback = List.of(loopback);
  }

  /** The loopback addresses as IP literals: no name is looked up. */
  List<InetAddress> addresses() {
    return loopback.stream().map(a -> new InetSocketAddress(a, 0).getAddress()).toList();
  }

  /**
   * Reads {@code ipv4}, {@code ipv6} or {@code dual}.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static IpFamilies parse(String word) {
    return Stream.of(values())
        .filter(families -> families.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not allowed; allowed are ipv4, ipv6, dual".formatted(word)));
  }
}
