package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each jar in a function's package makes every start slower; a new one wants a reason. */
class FunctionPackagesTest {

  private static final List<String> AWS_SDK =
      List.of(
          "annotations",
          "auth",
          "aws-core",
          "aws-json-protocol",
          "checksums",
          "checksums-spi",
          "endpoints-spi",
          "eventstream",
          "http-auth",
          "http-auth-aws",
          "http-auth-aws-eventstream",
          "http-auth-spi",
          "http-client-spi",
          "identity-spi",
          "json-utils",
          "metrics-spi",
          "profiles",
          "protocol-core",
          "reactive-streams",
          "regions",
          "retries",
          "retries-spi",
          "sdk-core",
          "third-party-jackson-core",
          "url-connection-client",
          "utils",
          "utils-lite");

  private static final List<String> LAMBDA_AND_LOGGING =
      List.of(
          "aws-lambda-java-core",
          "jackson-annotations",
          "jackson-core",
          "jackson-databind",
          "jspecify",
          "log4j-api",
          "log4j-core",
          "log4j-layout-template-json",
          "log4j-slf4j2-impl",
          "powertools-common",
          "powertools-logging",
          "powertools-logging-log4j",
          "slf4j-api");

  private static final List<String> METRICS =
      List.of(
          "aws-embedded-metrics",
          "commons-lang3",
          "crac",
          "jackson-datatype-jsr310",
          "javatuples",
          "powertools-metrics");

  @Test
  void gatewayTargets() throws IOException {
    holds(
        "gateway-targets",
        Stream.of(
            AWS_SDK,
            LAMBDA_AND_LOGGING,
            METRICS,
            List.of(
                "gateway-targets", "aws", "ecs", "elasticloadbalancingv2", "aws-query-protocol")));
  }

  @Test
  void meshCertificates() throws IOException {
    holds(
        "mesh-certificates",
        Stream.of(
            AWS_SDK,
            LAMBDA_AND_LOGGING,
            List.of(
                "mesh-certificates",
                "aws",
                "ecs",
                "ssm",
                "bcpkix-jdk18on",
                "bcprov-jdk18on",
                "bcutil-jdk18on",
                // CloudFormation's event, and the answer to it.
                "powertools-cloudformation",
                "aws-lambda-java-events",
                "aspectjrt")));
  }

  @Test
  void walkthroughVerifier() throws IOException {
    holds(
        "walkthrough-verifier",
        Stream.of(
            AWS_SDK,
            LAMBDA_AND_LOGGING,
            List.of(
                "walkthrough-verifier",
                "aws",
                "verification",
                "mesh",
                "appmesh",
                "ecs",
                "servicediscovery",
                // A mesh that is a document.
                "ssm",
                "s3",
                "arns",
                "aws-query-protocol",
                "aws-xml-protocol",
                "crt-core",
                // App Mesh's schema, and the regular expressions in it.
                "json-schema-validator",
                "itu",
                "re2j",
                // Paths that match a regular expression.
                "rgxgen",
                // What may have been meant, in MeshReader's errors.
                "commons-lang3",
                "commons-text")));
  }

  private static void holds(String module, Stream<List<String>> expected) throws IOException {
    Path folder = Command.root().resolve("lambda/%s/target/package/lib".formatted(module));
    try (Stream<Path> jars = Files.list(folder)) {
      assertThat(
              jars.map(
                  jar ->
                      jar.getFileName()
                          .toString()
                          .replaceFirst("-[0-9][^-]*(-SNAPSHOT)?.jar$", "")))
          .containsExactlyInAnyOrderElementsOf(expected.flatMap(List::stream).toList());
    }
  }
}
