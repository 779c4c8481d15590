package colorteller.infra;

import colorteller.constructs.MeshDocument;
import java.util.Optional;
import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Validations;
import software.constructs.Construct;

/**
 * The mesh of a variant ({@link ColorMesh}): as resources of App Mesh, or as the document that our
 * own control plane reads. A stage changes this stack, and nothing else.
 */
final class MeshStack extends NamedStack {

  static final String GATEWAY_NAME = "colorgateway-vg";

  private final Optional<MeshDocument> document;

  MeshStack(Construct scope, Settings settings, Variant variant) {
    super(scope, "%s-%s-mesh".formatted(settings.projectName(), variant.word()));
    if (settings.backend() == Backend.ENVOY) {
      document =
          Optional.of(
              MeshDocument.ofConstructs(
                  this,
                  "Document",
                  documentParameter(settings, variant),
                  stack -> ColorMesh.addTo(stack, settings, variant)));
      return;
    }
    document = Optional.empty();
    Validations.of(this)
        .acknowledge(
            Acknowledgment.builder()
                .id("CloudFormation-Validate::W3696")
                .reason("AWS ended App Mesh on 2026-09-30; the app says so once itself")
                .build());
    ColorMesh.addTo(this, settings, variant);
  }

  /** What our own control plane reads; empty where App Mesh's does. */
  Optional<MeshDocument> document() {
    return document;
  }

  static String documentParameter(Settings settings, Variant variant) {
    return "/%s/%s/mesh".formatted(settings.projectName(), variant.word());
  }

  static String meshName(Settings settings, Variant variant) {
    return "%s-%s-mesh".formatted(settings.meshName(), variant.word());
  }

  /** The ARN of something in App Mesh, by its path there. */
  static String arn(Construct scope, String path) {
    return Stack.of(scope)
        .formatArn(ArnComponents.builder().service("appmesh").resource(path).build());
  }

  static String gatewayRouteName(Color color) {
    return "colorgateway-route-" + color.color();
  }

  static String virtualServiceName(Settings settings, Color color) {
    return "colorteller-%d.%s".formatted(color.number(), settings.servicesDomain());
  }
}
