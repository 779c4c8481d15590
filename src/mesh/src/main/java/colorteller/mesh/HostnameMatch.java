package colorteller.mesh;

/** What the host of a request must be, without its port. */
public sealed interface HostnameMatch {

  /** This name. */
  record Exact(String name) implements HostnameMatch {}

  /** A name that ends so. */
  record Suffix(String suffix) implements HostnameMatch {}
}
