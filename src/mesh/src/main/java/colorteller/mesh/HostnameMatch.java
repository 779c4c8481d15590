package colorteller.mesh;

import java.util.Locale;

/** What the host of a request must be, without its port and whatever its case. */
public sealed interface HostnameMatch {

  /** Whether it takes a host without a port. */
  boolean takes(String host);

  /** What it asks for, in words that follow "the host". */
  String words();

  /** This name. */
  record Exact(String name) implements HostnameMatch {
    @Override
    public boolean takes(String host) {
      return host.equalsIgnoreCase(name);
    }

    @Override
    public String words() {
      return "is " + name;
    }
  }

  /** A name that ends so. */
  record Suffix(String suffix) implements HostnameMatch {
    @Override
    public boolean takes(String host) {
      return host.toLowerCase(Locale.ROOT).endsWith(suffix.toLowerCase(Locale.ROOT));
    }

    @Override
    public String words() {
      return "ends with " + suffix;
    }
  }
}
