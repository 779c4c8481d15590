package colorteller.mesh;

/** Why a request fails, in the order in which a request meets them. Only the first is seen. */
public enum Cause {
  /** The node has no address of a wanted family. */
  SERVICE_DISCOVERY("service-discovery", "discovery"),
  /** An Envoy's listener does not bind the family of the address that was used. */
  LISTENER("listener", "listener"),
  /** The two sides of the connection want different things of TLS. */
  TLS("tls", "tls"),
  /** The application does not listen on the family that its Envoy uses. */
  APPLICATION("application", "application");

  private final String label;
  private final String word;

  Cause(String label, String word) {
    this.label = label;
    this.word = word;
  }

  /** As a table spells it. */
  public String word() {
    return word;
  }

  /** As JSON spells it. */
  public String label() {
    return label;
  }
}
