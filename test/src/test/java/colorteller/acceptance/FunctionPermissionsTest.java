package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A function may call what its code calls, and nothing else. */
class FunctionPermissionsTest {

  /** The SDK's packages, and how IAM names their services. */
  private static final Map<String, String> SERVICES =
      Map.of(
          "appmesh", "appmesh",
          "ecs", "ecs",
          "elasticloadbalancingv2", "elasticloadbalancing",
          "s3", "s3",
          "ssm", "ssm",
          "servicediscovery", "servicediscovery");

  /** What Lambda itself does in the function's name. */
  private static final Set<String> LAMBDA =
      Set.of("logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage");

  @ParameterizedTest
  @CsvSource({
    "colorteller.gatewaytargets, GatewayTargetsFunctionRole",
    "colorteller.meshcertificates, CertificatesFunctionRole",
    "colorteller.verification, VerifierFunctionRole"
  })
  void thePolicyIsWhatTheCodeCalls(String code, String role) throws Exception {
    Set<String> called = new TreeSet<>();
    for (JavaClass type : new ClassFileImporter().importPackages(code)) {
      Stream.<JavaAccess<?>>concat(
              type.getMethodCallsFromSelf().stream(), type.getMethodReferencesFromSelf().stream())
          .filter(call -> call.getTargetOwner().getSimpleName().endsWith("Client"))
          .filter(call -> call.getTargetOwner().getPackageName().contains(".awssdk.services."))
          .filter(call -> !Set.of("builder", "close").contains(call.getName()))
          .forEach(call -> called.add(action(call)));
    }
    assertThat(called).isNotEmpty();

    Set<String> allowed = new TreeSet<>();
    for (JsonNode resource : resources()) {
      if (resource.at("/Properties/Roles/0/Ref").asText().startsWith(role)) {
        for (JsonNode statement : resource.at("/Properties/PolicyDocument/Statement")) {
          JsonNode actions = statement.path("Action");
          if (actions.isTextual()) {
            allowed.add(actions.asText());
          }
          actions.forEach(action -> allowed.add(action.asText()));
        }
      }
    }
    allowed.removeAll(LAMBDA);
    assertThat(allowed).isEqualTo(called);
  }

  /** With App Mesh, and with Envoys of our own: a function's code is for both. */
  private static List<JsonNode> resources() throws IOException {
    List<JsonNode> resources = new ArrayList<>();
    for (String template :
        List.of(
            "v4_only/app-mesh-ipv6-dns-ecs-service",
            "own-envoys/app-mesh-ipv6-dns-ecs-service",
            "own-envoys/app-mesh-ipv6-control-plane")) {
      new ObjectMapper()
          .readTree(
              Path.of("test/src/test/resources/templates/%s.template.json".formatted(template))
                  .toFile())
          .path("Resources")
          .forEach(resources::add);
    }
    return resources;
  }

  private static String action(JavaAccess<?> call) {
    String sdkPackage = call.getTargetOwner().getPackageName().replaceFirst(".*\\.", "");
    assertThat(SERVICES).containsKey(sdkPackage);
    // What reads all pages, and what reads all bytes, calls the same.
    String method = call.getName().replaceFirst("(Paginator|AsBytes)$", "");
    return "%s:%s"
        .formatted(
            SERVICES.get(sdkPackage),
            Character.toUpperCase(method.charAt(0)) + method.substring(1));
  }
}
