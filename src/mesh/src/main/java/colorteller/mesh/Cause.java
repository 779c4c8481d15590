package colorteller.mesh;

/** Why a request fails, in the order in which a request meets them. Only the first is seen. */
public enum Cause {
  /** The node has no address of a wanted family. */
  SERVICE_DISCOVERY("service-discovery"),
  /** An Envoy's listener does not bind the family of the address that was used. */
  LISTENER("listener"),
  /** The application does not listen on the family that its Envoy uses. */
  APPLICATION("application");

  private final String label;

  Cause(String label) {
    this.label = label;
  }

  /** As reports spell it. */
  public String label() {
    return label;
  }
}
