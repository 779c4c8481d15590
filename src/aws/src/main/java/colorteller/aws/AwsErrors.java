package colorteller.aws;

import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What AWS answers instead of what it was asked for. */
public final class AwsErrors {

  private AwsErrors() {}

  /** What AWS or its SDK says: the code, and the first sentence. */
  public static String line(SdkException e) {
    AwsErrorDetails details =
        e instanceof AwsServiceException service ? service.awsErrorDetails() : null;
    String code = details == null ? null : details.errorCode();
    String message = details == null ? e.getMessage() : details.errorMessage();
    String sentence =
        message == null
            ? "no message"
            : message.split("\\(|\\. |\n| from any of the providers", 2)[0].strip();
    return code == null ? sentence : code + ", " + sentence;
  }
}
