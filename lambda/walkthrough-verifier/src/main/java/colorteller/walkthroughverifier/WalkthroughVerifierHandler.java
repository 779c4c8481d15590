package colorteller.walkthroughverifier;

import static software.amazon.lambda.powertools.logging.argument.StructuredArguments.entry;

import colorteller.aws.AwsErrors;
import colorteller.mesh.report.JsonReport;
import colorteller.verification.Aws;
import colorteller.verification.Verification;
import colorteller.verification.VerificationException;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/**
 * The function: takes {@code {"variant": "dns"}}, returns the report of a stage that holds, and
 * fails with the differences of one that does not, so that a pipeline can stop.
 */
public final class WalkthroughVerifierHandler implements RequestStreamHandler {

  private static final Logger LOG = LoggerFactory.getLogger(WalkthroughVerifierHandler.class);

  private final VerifierEnvironment configuration = VerifierEnvironment.of(System.getenv());
  private final Verification verification =
      Aws.verification(
          configuration.variant(),
          configuration.isDocument()
              ? Aws.document(configuration.mesh())
              : Aws.appMesh(configuration.mesh()),
          configuration.endpoints());

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    byte[] json = input.readAllBytes();
    String report =
        PowertoolsLogging.withLogging(
            context,
            () -> {
              MDC.put("correlation_id", context.getAwsRequestId());
              try {
                check(json);
                return verify();
              } catch (RuntimeException e) {
                // Lambda writes it without the fields that a search needs.
                LOG.error("Not verified", e);
                throw e;
              }
            });
    output.write(report.getBytes(StandardCharsets.UTF_8));
  }

  private void check(byte[] json) {
    String variant = "";
    try {
      variant = new ObjectMapper().readTree(json).path("variant").asText();
    } catch (JsonProcessingException e) {
      // The same to the caller as another variant.
    } catch (IOException e) {
      throw new VerificationException("the input cannot be read: " + e.getMessage());
    }
    if (!variant.equals(configuration.variant())) {
      throw new VerificationException(
          "the input must be {\"variant\": \"%s\"}".formatted(configuration.variant()));
    }
  }

  private String verify() {
    Verification.Result result;
    try {
      result = verification.verify(configuration.rounds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VerificationException("interrupted");
    } catch (SdkException e) {
      throw new VerificationException("AWS refused: " + AwsErrors.line(e));
    }
    String report = new JsonReport(result.run().stream().toList(), result.failure()).toString();
    LOG.info("Verified", entry("holds", result.holds()), entry("report", report));
    if (!result.holds()) {
      throw new VerificationException(String.join("\n", result.differences()));
    }
    return report;
  }
}
