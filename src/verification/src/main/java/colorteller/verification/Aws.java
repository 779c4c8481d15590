package colorteller.verification;

import colorteller.mesh.IpFamily;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.appmesh.AppMeshClient;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** AWS's APIs, with the credentials and the region of where this runs. */
public final class Aws {

  private Aws() {}

  /**
   * Opens no connection yet: one made before a Lambda snapshot would be dead after it.
   *
   * @param variant {@code dns} or {@code cloud}
   * @param mesh where the mesh is read
   * @param endpoints where the load balancer takes requests for each of the gateway's addresses
   */
  public static Verification verification(
      String variant, MeshSource mesh, Map<IpFamily, URI> endpoints) {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new Verification(
        variant,
        mesh,
        new RunningWorkloads(
            client(ServiceDiscoveryClient.builder(), http), client(EcsClient.builder(), http)),
        new Probe(endpoints));
  }

  /** A mesh of App Mesh, by its name. */
  public static MeshSource appMesh(String name) {
    return new AppMeshSource(
        client(AppMeshClient.builder(), UrlConnectionHttpClient.create()), name);
  }

  /** A mesh that is a document, by the name of the SSM parameter that points at it. */
  public static MeshSource document(String parameter) {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new DocumentSource(
        client(SsmClient.builder(), http),
        // A host that the environment names has no host for each bucket.
        client(S3Client.builder().forcePathStyle(System.getenv("AWS_ENDPOINT_URL") != null), http),
        parameter);
  }

  /** A client that tries again when it is throttled, and gives up after 30 s. */
  public static <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(
      B builder, SdkHttpClient http) {
    return builder
        .httpClient(http)
        .overrideConfiguration(
            calls ->
                calls
                    .retryStrategy(RetryMode.ADAPTIVE_V2)
                    .apiCallAttemptTimeout(Duration.ofSeconds(5))
                    .apiCallTimeout(Duration.ofSeconds(30)))
        .build();
  }

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
