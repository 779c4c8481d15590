package colorteller.mesh;

import java.util.Locale;

/** What is spoken at a listener or taken by a route, in App Mesh's words. */
public enum Protocol {
  HTTP,
  HTTP2,
  GRPC,
  TCP;

  /** As a template and Envoy's names spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@link #word}.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Protocol of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether requests can be told apart, and not only connections. */
  public boolean hasRequests() {
    return this != TCP;
  }

  /** Whether it needs HTTP/2. */
  public boolean isHttp2() {
    return this == HTTP2 || this == GRPC;
  }
}
