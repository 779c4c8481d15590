package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import io.github.cdklabs.cdknag.NagReportFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Aspects;

/** cdk-nag's AwsSolutions rules: each finding that stays has its reason here, one by one. */
class NagTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Findings that stay.
   *
   * @param rule of AwsSolutions
   * @param resource its path, a regular expression
   */
  private record Accepted(String rule, String resource, String reason) {
    boolean covers(Finding finding) {
      return rule.equals(finding.rule()) && finding.resource().matches(resource);
    }
  }

  private record Finding(String rule, String resource) {}

  private static final String BASTION = "app-mesh-ipv6-ecs-cluster/Bastion/Instance/";
  private static final String SERVICES = "app-mesh-ipv6-(dns|cloud)-ecs-service/";
  private static final String PIPELINE = "app-mesh-ipv6-pipeline/Pipeline/";
  private static final String TASK =
      SERVICES + "(colorgateway|colorteller-(red|orange|yellow|green|blue|purple))/Task/";

  private static final List<Accepted> ACCEPTED =
      List.of(
          new Accepted(
              "VPC7",
              "app-mesh-ipv6-vpc/Vpc/Resource",
              "flow logs cost by volume; -c flowLogs=true adds them"),
          new Accepted(
              "ECS4",
              "app-mesh-ipv6-ecs-cluster/Cluster/Resource",
              "Container Insights cost by metric, and its log group would stay after destroy"),
          new Accepted(
              "EC28",
              BASTION + "Resource",
              "a bastion without load needs no metrics by the minute"),
          new Accepted(
              "EC29", BASTION + "Resource", "it holds nothing, and destroy must remove it"),
          // PermissionsTest lists every wildcard.
          new Accepted(
              "IAM5",
              BASTION + "InstanceRole/DefaultPolicy/Resource",
              "Session Manager's channels have no ARN, and the instance's id comes after its role"),
          new Accepted(
              "IAM5",
              TASK + "ExecutionRole/DefaultPolicy/Resource",
              "ecr:GetAuthorizationToken knows no resource, and log streams get their names later"),
          new Accepted(
              "IAM5",
              TASK + "TaskRole/DefaultPolicy/Resource",
              "a metric of the CloudWatch agent is no resource; a condition names its namespace"),
          new Accepted(
              "IAM5",
              SERVICES + "(GatewayTargets|Verifier)/Function/Role/DefaultPolicy/Resource",
              "tasks get their names later; the rest knows no resource"),
          new Accepted(
              "ECS2", TASK + "Resource", "the environment holds names and ports, no secrets"),
          new Accepted(
              "IAM5",
              "app-mesh-ipv6-control-plane/Certificates/Function/Role/DefaultPolicy/Resource",
              "parameters and services below a name; ecs:DescribeTaskDefinition knows no resource"),
          new Accepted(
              "KMS5",
              "app-mesh-ipv6-control-plane/Certificates/AuthorityKey/Resource",
              "what it encrypts is made anew each year; each rotation costs as much as the key"),
          new Accepted(
              "IAM5",
              "app-mesh-ipv6-control-plane/ControlPlane/Task/(Execution|Task)Role/DefaultPolicy/Resource",
              "documents get their names later; the rest knows no resource"),
          new Accepted(
              "ECS2",
              "app-mesh-ipv6-control-plane/ControlPlane/Task/Resource",
              "the environment holds names and ports, no secrets"),
          new Accepted(
              "EC23",
              SERVICES + "SecurityGroups/LoadBalancer/Resource",
              "the load balancer is for the internet"),
          new Accepted(
              "ELB2",
              SERVICES + "LoadBalancer/Public/Resource",
              "-c accessLogsBucket=NAME adds them; a bucket of ours would hold up destroy"),
          new Accepted(
              "S1",
              "app-mesh-ipv6-pipeline/(Cache|Artifacts|Reviews)/Resource",
              "logs of who read them would want another bucket, which holds up destroy"),
          new Accepted(
              "CB4",
              "app-mesh-ipv6-pipeline/P(ipeline|ullRequests)/.*/Resource",
              "encrypted with AWS's own key; one of ours costs a dollar a month"),
          new Accepted(
              "IAM5",
              PIPELINE + "Pipeline/Role/DefaultPolicy/Resource",
              "artifacts get their names later"),
          new Accepted(
              "IAM5",
              PIPELINE + "Pipeline/Source/Source/CodePipelineActionRole/DefaultPolicy/Resource",
              "artifacts get their names later"),
          new Accepted(
              "IAM5",
              PIPELINE
                  + "Pipeline/(Build/Test/Test|Build/Synth/CdkBuildProject|.*\\.Verify/Verify)/Role/DefaultPolicy/Resource",
              "artifacts, log streams and reports get their names later"),
          new Accepted(
              "IAM5",
              "app-mesh-ipv6-pipeline/PullRequests/Role/DefaultPolicy/Resource",
              "reviews get their names later"),
          new Accepted(
              "IAM5",
              PIPELINE + "UpdatePipeline/SelfMutation/Role/DefaultPolicy/Resource",
              "CDK's: the roles of its bootstrap, known by their tag, and where its bucket is"),
          new Accepted(
              "IAM5",
              PIPELINE + "Assets/(Docker|File)Role/DefaultPolicy/Resource",
              "CDK's: one role for all builds that publish; a Deny keeps it from starting builds"));

  @TempDir Path folder;

  @Test
  void noFindingWithoutAReason() {
    List<Finding> findings = new ArrayList<>(findings("pipeline", Synthesized.PIPELINE));
    findings.addAll(findings("options", Synthesized.EVERY_OPTION));
    findings.addAll(findings("own-envoys", Synthesized.OWN_ENVOYS));
    assertThat(findings)
        .filteredOn(
            finding -> ACCEPTED.stream().filter(accepted -> accepted.covers(finding)).count() != 1)
        .isEmpty();
    // What is found no longer is accepted no longer.
    assertThat(ACCEPTED).allSatisfy(accepted -> assertThat(findings).anyMatch(accepted::covers));
  }

  private List<Finding> findings(String name, Map<String, Object> context) {
    Path out = folder.resolve(name);
    App app =
        Synthesized.app(
            // Findings are read from the report; they would end the synthesis.
            Map.of("@aws-cdk/core:annotationsInValidationReport", false),
            AppProps.builder().outdir(out.toString()));
    Synthesized.addTo(app, context);
    Aspects.of(app)
        .add(
            AwsSolutionsChecks.Builder.create()
                .reports(true)
                .reportFormats(List.of(NagReportFormat.JSON))
                .build());
    app.synth();
    try (Stream<Path> files = Files.list(out)) {
      return files
          .filter(file -> file.toString().endsWith("NagReport.json"))
          .flatMap(NagTest::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Finding> read(Path report) {
    try {
      return JSON.readTree(report.toFile())
          .path("lines")
          .valueStream()
          .filter(line -> !line.path("compliance").asText().equals("Compliant"))
          .map(
              line ->
                  new Finding(
                      line.path("ruleId").asText().replace("AwsSolutions-", ""),
                      line.path("resourceId").asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
