package colorteller.vpc;

/** This machine cannot hold a VPC; the message says what it lacks and what to do. */
public final class VpcUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  VpcUnavailable(String message) {
    super(message);
  }
}
