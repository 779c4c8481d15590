package colorteller.infra;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.services.codebuild.Artifacts;
import software.amazon.awscdk.services.codebuild.BuildEnvironment;
import software.amazon.awscdk.services.codebuild.BuildSpec;
import software.amazon.awscdk.services.codebuild.CfnProject;
import software.amazon.awscdk.services.codebuild.CloudWatchLoggingOptions;
import software.amazon.awscdk.services.codebuild.EventAction;
import software.amazon.awscdk.services.codebuild.FilterGroup;
import software.amazon.awscdk.services.codebuild.GitHubSourceProps;
import software.amazon.awscdk.services.codebuild.LoggingOptions;
import software.amazon.awscdk.services.codebuild.Project;
import software.amazon.awscdk.services.codebuild.S3ArtifactsProps;
import software.amazon.awscdk.services.codebuild.Source;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.ILogGroup;
import software.amazon.awscdk.services.s3.Bucket;
import software.constructs.Construct;

/**
 * Tests each pull request to the pipeline's branch on GitHub, and keeps what {@code ./walkthrough
 * review} says of it. What it runs is not yet merged: so it shares no log, no cache and no artifact
 * with the pipeline, and a maintainer's own or approved pull requests only are built.
 */
final class PullRequestCheck extends Construct {

  private static final String REPORT = "review.md";

  /**
   * Creates it.
   *
   * @param gates at which changes it fails, as {@code ./walkthrough review --fail-on} takes them
   * @param reports where the reports are kept
   */
  PullRequestCheck(
      Construct scope,
      Settings.Pipeline choice,
      String gates,
      Bucket reports,
      ILogGroup log,
      BuildEnvironment environment) {
    super(scope, "PullRequests");
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("codebuild.amazonaws.com"))
            .build();
    // An older connection's ARN has the older name of the service, and so have its actions.
    String service = choice.connectionArn().replaceFirst("arn:[^:]+:([^:]+):.*", "$1");
    allow(
        role,
        Stream.of("GetConnection", "GetConnectionToken", "UseConnection")
            .map(action -> service + ":" + action)
            .toList(),
        choice.connectionArn());
    allow(role, List.of("logs:CreateLogStream", "logs:PutLogEvents"), log.getLogGroupArn());
    allow(role, List.of("s3:PutObject"), reports.arnForObjects("*"));
    allow(role, List.of("s3:GetBucketAcl", "s3:GetBucketLocation"), reports.getBucketArn());
    int slash = choice.repository().indexOf('/');
    Project project =
        Project.Builder.create(this, "Project")
            .description("Tests and reviews pull requests of " + choice.repository())
            // CDK would allow it every log group and report group of its name, and to read and
            // delete reports.
            .role(role.withoutPolicyUpdates())
            .grantReportGroupPermissions(false)
            .source(
                Source.gitHub(
                    GitHubSourceProps.builder()
                        .owner(choice.repository().substring(0, slash))
                        .repo(choice.repository().substring(slash + 1))
                        // A review needs the commit where the branch left its base.
                        .cloneDepth(0)
                        .webhookFilters(
                            List.of(
                                FilterGroup.inEventOf(
                                        EventAction.PULL_REQUEST_CREATED,
                                        EventAction.PULL_REQUEST_UPDATED,
                                        EventAction.PULL_REQUEST_REOPENED)
                                    .andBaseRefIs(
                                        "^refs/heads/%s$"
                                            .formatted(choice.branch().replace(".", "\\.")))))
                        .build()))
            .environment(environment)
            .buildSpec(BuildSpec.fromObject(buildSpec(gates)))
            .artifacts(
                Artifacts.s3(
                    S3ArtifactsProps.builder().bucket(reports).name("/").packageZip(false).build()))
            .logging(
                LoggingOptions.builder()
                    .cloudWatch(CloudWatchLoggingOptions.builder().logGroup(log).build())
                    .build())
            .build();
    // CodeBuild makes the webhook with this role.
    project.getNode().addDependency(role);
    CfnProject resource = (CfnProject) project.getNode().getDefaultChild();
    resource.addPropertyOverride("Source.Auth.Type", "CODECONNECTIONS");
    resource.addPropertyOverride("Source.Auth.Resource", choice.connectionArn());
    String policy = "Triggers.PullRequestBuildPolicy.";
    // A build can do what the connection can: that may be to push.
    resource.addPropertyOverride(policy + "RequiresCommentApproval", "ALL_PULL_REQUESTS");
    resource.addPropertyOverride(
        policy + "ApproverRoles", List.of("GITHUB_MAINTAIN", "GITHUB_ADMIN"));
  }

  private static void allow(Role role, List<String> actions, String resource) {
    role.addToPolicy(
        PolicyStatement.Builder.create().actions(actions).resources(List.of(resource)).build());
  }

  private static Map<String, Object> buildSpec(String gates) {
    return new TreeMap<>(
        Map.of(
            "version",
            "0.2",
            "env",
            // For the second command of git.
            Map.of("git-credential-helper", "yes"),
            "phases",
            new TreeMap<>(
                Map.of(
                    "install",
                    BuildSteps.RUNTIMES,
                    "build",
                    Map.of(
                        "commands",
                        List.of(
                            "npm ci",
                            "mvn -B verify",
                            "git fetch --quiet origin \"$CODEBUILD_WEBHOOK_BASE_REF\"",
                            "./walkthrough review \"$(git merge-base HEAD FETCH_HEAD)\" --fail-on %s > %s"
                                .formatted(gates, REPORT))),
                    // Also where a gate has failed the build.
                    "post_build",
                    Map.of(
                        "commands",
                        List.of("if [ -e %1$s ]; then cat %1$s; fi".formatted(REPORT))))),
            "artifacts",
            Map.of("files", List.of(REPORT))));
  }
}
