package colorteller.controlplane.ads;

/** An Envoy rejected its resources; the message names it and its reason. */
public final class AdsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AdsException(String message) {
    super(message);
  }
}
