package colorteller.gatewaytargets;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IPv6 addresses as values: equal however they are written. */
final class Ipv6 {

  private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  private Ipv6() {}

  static InetAddress parse(String text) {
    // Of anything but a literal, InetAddress would ask DNS.
    if (LITERAL.matcher(text).matches()) {
      try {
        if (InetAddress.getByName(text) instanceof Inet6Address address) {
          return address;
        }
      } catch (UnknownHostException e) {
        // Not an address either.
      }
    }
    throw new IllegalArgumentException("'%s' is not an IPv6 address".formatted(text));
  }
}
