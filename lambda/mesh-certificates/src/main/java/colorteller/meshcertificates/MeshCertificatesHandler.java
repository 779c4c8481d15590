package colorteller.meshcertificates;

import colorteller.aws.AwsClients;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/**
 * The function: a custom resource's provider, and what a schedule wakes. A failure of the latter is
 * left to Lambda, which tries again and then reports it.
 */
public final class MeshCertificatesHandler implements RequestStreamHandler {

  private static final Logger LOG = LoggerFactory.getLogger(MeshCertificatesHandler.class);
  private static final JsonMapper JSON =
      JsonMapper.builder()
          // CloudFormation's names begin with capitals.
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Renewal renewal;
  private final CertificatesResource resource;

  public MeshCertificatesHandler() {
    MeshCertificatesEnvironment environment = MeshCertificatesEnvironment.of(System.getenv());
    // Opens no connection yet: one made before a snapshot would be dead after it.
    SdkHttpClient http = UrlConnectionHttpClient.create();
    renewal =
        new Renewal(
            AwsClients.client(SsmClient.builder(), http),
            environment.parameters(),
            environment.authorityKey(),
            new Services(AwsClients.client(EcsClient.builder(), http), environment),
            Clock.systemUTC());
    resource = new CertificatesResource(http, renewal, environment.parameters());
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode event = JSON.readTree(input);
    PowertoolsLogging.withLogging(
        context,
        () -> {
          if (event.has("RequestType")) {
            resource.handleRequest(
                JSON.convertValue(event, CloudFormationCustomResourceEvent.class), context);
            return true;
          }
          try {
            renewal.runScheduled();
            return true;
          } catch (RuntimeException e) {
            // Lambda writes it without the fields that a search needs.
            LOG.error("The certificates could not be renewed", e);
            throw e;
          }
        });
  }
}
