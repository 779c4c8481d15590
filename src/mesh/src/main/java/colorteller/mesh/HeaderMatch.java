package colorteller.mesh;

import java.util.Optional;

/**
 * What a header, or gRPC's metadata, must be.
 *
 * @param name its name, in whichever case
 * @param inverted whether it must not be so
 * @param value what its value must be; empty if it is enough that there is one
 */
public record HeaderMatch(String name, boolean inverted, Optional<ValueMatch> value) {

  /** Whether it asks for the host, by HTTP/1's name of it or HTTP/2's. */
  public boolean isOfHost() {
    return name.equalsIgnoreCase("host") || name.equalsIgnoreCase(":authority");
  }

  /** What it asks for, in words. */
  String words() {
    return value
        .map(v -> "the header %s is %s%s".formatted(name, inverted ? "not " : "", v.words()))
        .orElseGet(() -> "there is %s header %s".formatted(inverted ? "no" : "a", name));
  }
}
