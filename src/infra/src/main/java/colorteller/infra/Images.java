package colorteller.infra;

import colorteller.constructs.EnvoyImage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.regioninfo.FactName;
import software.amazon.awscdk.services.ecr.IRepository;
import software.amazon.awscdk.services.ecr.Repository;
import software.amazon.awscdk.services.ecr.RepositoryAttributes;
import software.amazon.awscdk.services.ecr.assets.DockerImageAsset;
import software.amazon.awscdk.services.ecr.assets.Platform;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.constructs.Construct;

/**
 * The images of the containers. One that is in ECR gives its task the permission to pull that
 * repository; any other needs none.
 */
final class Images {

  /** The last release of App Mesh's Envoy. */
  static final String ENVOY_TAG = "v1.29.12.1-prod";

  private static final String ENVOY_REPOSITORY = "aws-appmesh-envoy";

  /** Under its IPv4 or its dual-stack host; CDK names the former, which has the same images. */
  private static final Pattern ECR =
      Pattern.compile(
          "(?<account>[0-9]{12})\\.(dkr\\.ecr\\.(?<region>[a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?"
              + "|dkr-ecr\\.(?<dual>[a-z0-9-]+)\\.on\\.(aws|amazonwebservices\\.com\\.cn))"
              + "/(?<name>[^:@]+)[:@](?<tag>.+)");

  private Images() {}

  /** The backend's Envoy, if no image is named. */
  static ContainerImage envoy(Stack stack, Settings settings) {
    return settings
        .envoyImage()
        .map(name -> named(stack, "EnvoyImage", name))
        .orElseGet(
            () ->
                settings.backend() == Backend.APPMESH
                    ? appMeshEnvoy(stack)
                    : EnvoyImage.of(
                        stack,
                        "EnvoyImage",
                        Platform.LINUX_ARM64,
                        settings.envoyBaseImage().orElse(EnvoyImage.ENVOY)));
  }

  /** App Mesh's Envoy, from App Mesh's own repository in the stack's region. */
  private static ContainerImage appMeshEnvoy(Stack stack) {
    return ContainerImage.fromEcrRepository(
        repository(
            stack,
            "EnvoyImage",
            stack.regionalFact(FactName.APPMESH_ECR_ACCOUNT),
            stack.getRegion(),
            ENVOY_REPOSITORY),
        ENVOY_TAG);
  }

  /** The application, built from its source if no image is named. */
  static ContainerImage colorteller(Stack stack, Settings settings) {
    String id = "ColortellerImage";
    return settings
        .colortellerImage()
        .map(name -> named(stack, id, name))
        .orElseGet(
            () ->
                ContainerImage.fromDockerImageAsset(
                    DockerImageAsset.Builder.create(stack, id)
                        .directory("src/colorteller")
                        .platform(Platform.LINUX_ARM64)
                        .build()));
  }

  private static ContainerImage named(Construct scope, String id, String name) {
    Matcher ecr = ECR.matcher(name);
    if (!ecr.matches()) {
      return ContainerImage.fromRegistry(name);
    }
    String region = ecr.group("region") == null ? ecr.group("dual") : ecr.group("region");
    return ContainerImage.fromEcrRepository(
        repository(scope, id, ecr.group("account"), region, ecr.group("name")), ecr.group("tag"));
  }

  private static IRepository repository(
      Construct scope, String id, String account, String region, String name) {
    return Repository.fromRepositoryAttributes(
        scope,
        id,
        RepositoryAttributes.builder()
            .repositoryName(name)
            .repositoryArn(
                "arn:%s:ecr:%s:%s:repository/%s"
                    .formatted(Stack.of(scope).getPartition(), region, account, name))
            .build());
  }
}
