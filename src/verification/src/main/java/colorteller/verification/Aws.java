package colorteller.verification;

import colorteller.aws.AwsClients;
import colorteller.mesh.IpFamily;
import java.net.URI;
import java.util.Map;
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
            AwsClients.client(ServiceDiscoveryClient.builder(), http),
            AwsClients.client(EcsClient.builder(), http)),
        new Probe(endpoints));
  }

  /** A mesh of App Mesh, by its name. */
  public static MeshSource appMesh(String name) {
    return new AppMeshSource(
        AwsClients.client(AppMeshClient.builder(), UrlConnectionHttpClient.create()), name);
  }

  /** A mesh that is a document, by the name of the SSM parameter that points at it. */
  public static MeshSource document(String parameter) {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new DocumentSource(
        AwsClients.client(SsmClient.builder(), http),
        // A host that the environment names has no host for each bucket.
        AwsClients.client(
            S3Client.builder().forcePathStyle(System.getenv("AWS_ENDPOINT_URL") != null), http),
        parameter);
  }
}
