package colorteller.account;

/** Something in the account does not work; the message says what. */
public final class AccountFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AccountFailure(String message) {
    super(message);
  }
}
