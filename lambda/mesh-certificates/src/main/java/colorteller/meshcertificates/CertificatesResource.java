package colorteller.meshcertificates;

import colorteller.aws.AwsErrors;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.lambda.powertools.cloudformation.AbstractCustomResourceHandler;
import software.amazon.lambda.powertools.cloudformation.Response;

/**
 * The certificates as a resource of CloudFormation, whose property {@code Identities} lists who is
 * to have one: {@code Parameter}, the whole name of an SSM parameter, and {@code Uri}, the name in
 * the certificate.
 */
final class CertificatesResource extends AbstractCustomResourceHandler {

  private static final Logger LOG = LoggerFactory.getLogger(CertificatesResource.class);

  private final Renewal renewal;
  private final String prefix;

  CertificatesResource(SdkHttpClient http, Renewal renewal, String prefix) {
    super(http);
    this.renewal = renewal;
    this.prefix = prefix;
  }

  @Override
  protected Response create(CloudFormationCustomResourceEvent event, Context context) {
    return answer(
        () -> {
          // The deployment that CloudFormation is at may be what mends it.
          List<String> failed = renewal.run(wanted(event));
          failed.forEach(LOG::warn);
        });
  }

  /** Who is no longer listed keeps a certificate until all go: its tasks may still start. */
  @Override
  protected Response update(CloudFormationCustomResourceEvent event, Context context) {
    return create(event, context);
  }

  /** After an update to another prefix, CloudFormation deletes the resource of the one before. */
  @Override
  protected Response delete(CloudFormationCustomResourceEvent event, Context context) {
    String id = Objects.toString(event.getPhysicalResourceId());
    if (id.startsWith("/") && !id.equals(prefix)) {
      LOG.warn("The parameters below {} stay: this function may not delete them any more", id);
      return Response.success(id);
    }
    return answer(renewal::remove);
  }

  private Response answer(Runnable run) {
    try {
      run.run();
      return Response.success(prefix);
    } catch (RuntimeException e) {
      LOG.error("The certificates could not be made", e);
      return Response.builder()
          .physicalResourceId(prefix)
          .status(Response.Status.FAILED)
          // After a rollback, the log has gone.
          .reason(cause(e))
          .build();
    }
  }

  private static String cause(RuntimeException e) {
    String cause = e instanceof SdkException aws ? AwsErrors.line(aws) : e.getMessage();
    return Objects.requireNonNullElse(cause, e.getClass().getSimpleName());
  }

  private Map<String, String> wanted(CloudFormationCustomResourceEvent event) {
    Map<String, String> wanted = new LinkedHashMap<>();
    if (!(event.getResourceProperties().get("Identities") instanceof List<?> identities)) {
      throw new IllegalArgumentException("The property Identities is no list");
    }
    for (Object identity : identities) {
      Map<?, ?> properties = (Map<?, ?>) identity;
      String name = Objects.toString(properties.get("Parameter"));
      if (!name.startsWith(prefix + "/")) {
        throw new IllegalArgumentException(
            "The parameter '%s' is not below %s".formatted(name, prefix));
      }
      wanted.put(name.substring(prefix.length() + 1), Objects.toString(properties.get("Uri")));
    }
    return wanted;
  }
}
