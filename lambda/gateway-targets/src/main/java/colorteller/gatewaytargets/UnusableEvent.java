package colorteller.gatewaytargets;

/** An event that is none of ours. Nothing was asked of AWS. */
final class UnusableEvent extends IllegalArgumentException {

  UnusableEvent(String message) {
    super(message);
  }
}
