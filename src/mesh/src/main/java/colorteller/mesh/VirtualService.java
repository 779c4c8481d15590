package colorteller.mesh;

import java.util.Optional;

/**
 * A virtual service: the name that requests are addressed to.
 *
 * @param name the name, which is the Host header of a request
 * @param provider who answers; a virtual service without one answers nothing
 */
public record VirtualService(String name, Optional<Provider> provider) {

  /** Who answers for a virtual service. */
  public sealed interface Provider {

    /** A virtual node, by its name. */
    record Node(String name) implements Provider {}

    /** A virtual router, by its name. */
    record Router(String name) implements Provider {}
  }
}
