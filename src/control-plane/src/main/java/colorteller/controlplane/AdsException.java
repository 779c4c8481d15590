package colorteller.controlplane;

/** An Envoy rejected its resources or did not acknowledge them in time; the message names it. */
public final class AdsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AdsException(String message) {
    super(message);
  }
}
