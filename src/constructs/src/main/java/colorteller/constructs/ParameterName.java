package colorteller.constructs;

import java.util.regex.Pattern;
import software.amazon.awscdk.Token;

/** Names of SSM parameters. What SSM would refuse in the middle of a deployment is refused here. */
final class ParameterName {

  private static final Pattern ALLOWED = Pattern.compile("(/[a-zA-Z0-9_.-]+){1,15}");
  private static final Pattern RESERVED = Pattern.compile("(?i)/(aws|ssm).*");

  private ParameterName() {}

  /**
   * Checks a name, or what names begin with.
   *
   * @throws IllegalArgumentException if SSM does not take it
   */
  static String require(String name) {
    if (!isAllowed(name)) {
      throw new IllegalArgumentException(
          "the name '%s' of SSM parameters is not allowed; allowed are up to 15 words of letters, digits, '_', '.' and '-', with a '/' before each, of which the first does not begin with aws or ssm, which SSM keeps for itself; choose one such as /shop/mesh"
              .formatted(name));
    }
    return name;
  }

  /** Whether SSM takes a name; of one that only a deployment knows, nobody can say. */
  static boolean isAllowed(String name) {
    return Boolean.TRUE.equals(Token.isUnresolved(name))
        || (ALLOWED.matcher(name).matches() && !RESERVED.matcher(name).matches());
  }
}
