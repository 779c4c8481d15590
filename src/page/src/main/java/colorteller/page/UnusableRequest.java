package colorteller.page;

/** What somebody asked for is not there to have; the message says what is, in one line. */
public final class UnusableRequest extends RuntimeException {

  public UnusableRequest(String message) {
    super(message);
  }
}
