package colorteller.infra;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.pipelines.AddStageOpts;
import software.amazon.awscdk.pipelines.CodeBuildOptions;
import software.amazon.awscdk.pipelines.CodeBuildStep;
import software.amazon.awscdk.pipelines.CodePipeline;
import software.amazon.awscdk.pipelines.CodePipelineSource;
import software.amazon.awscdk.pipelines.ConnectionSourceOptions;
import software.amazon.awscdk.pipelines.Wave;
import software.amazon.awscdk.services.codebuild.BuildEnvironment;
import software.amazon.awscdk.services.codebuild.CloudWatchLoggingOptions;
import software.amazon.awscdk.services.codebuild.IBuildImage;
import software.amazon.awscdk.services.codebuild.LinuxArmBuildImage;
import software.amazon.awscdk.services.codebuild.LoggingOptions;
import software.amazon.awscdk.services.codepipeline.PipelineNotificationEvents;
import software.amazon.awscdk.services.codepipeline.PipelineNotifyOnOptions;
import software.amazon.awscdk.services.codepipeline.PipelineType;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

/**
 * A pipeline that tests every commit of a branch and deploys it, itself first: network and cluster,
 * then both variants side by side, then the mesh in one stage of the walkthrough after the other,
 * each verified before the next.
 */
final class PipelineStack extends NamedStack {

  private static final String SOURCE = "Source";
  // The colorteller's image is for ARM.
  private static final IBuildImage IMAGE = LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0;

  /**
   * Creates it.
   *
   * @param given the settings that are not in cdk.json, which the pipeline must know too
   */
  PipelineStack(Construct scope, Settings settings, Settings.Pipeline choice, List<String> given) {
    super(scope, settings.projectName() + "-pipeline");
    CodePipelineSource source =
        CodePipelineSource.connection(
            choice.repository(),
            choice.branch(),
            ConnectionSourceOptions.builder()
                .actionName(SOURCE)
                .connectionArn(choice.connectionArn())
                // CodePipeline's own archive loses which files are executable.
                .codeBuildCloneOutput(true)
                .build());
    // CDK allows codestar-connections:UseConnection, which does not match a newer connection's ARN.
    PolicyStatement useConnection =
        PolicyStatement.Builder.create()
            .actions(List.of("codeconnections:UseConnection"))
            .resources(List.of(choice.connectionArn()))
            .build();
    LogGroup log = logGroup("LogGroup");
    BuildSteps steps = new BuildSteps(source, useConnection, bucket("Cache"));
    CodeBuildStep synth = steps.synth(given);
    CodePipeline pipeline =
        CodePipeline.Builder.create(this, "Pipeline")
            .pipelineName(getStackName())
            .pipelineType(PipelineType.V2)
            .artifactBucket(bucket("Artifacts"))
            .synth(synth)
            .cliVersion(version("aws-cdk"))
            .cdkAssetsCliVersion(version("cdk-assets"))
            .codeBuildDefaults(
                CodeBuildOptions.builder()
                    .buildEnvironment(BuildEnvironment.builder().buildImage(IMAGE).build())
                    .logging(
                        LoggingOptions.builder()
                            .cloudWatch(CloudWatchLoggingOptions.builder().logGroup(log).build())
                            .build())
                    .build())
            .assetPublishingCodeBuildDefaults(
                CodeBuildOptions.builder().rolePolicy(List.of(startNoBuild())).build())
            .build();
    software.amazon.awscdk.Stage shared = part("Shared");
    // The meshes among it are in the first stage from the beginning.
    WalkthroughStacks.addShared(shared, settings.at(choice.stages().get(0)));
    pipeline.addStage(shared);
    for (Stage stage : choice.stages()) {
      Settings inForce = settings.at(stage);
      Wave wave = pipeline.addWave(stage.word());
      for (Variant variant : Variant.values()) {
        software.amazon.awscdk.Stage part = part(stage.word() + "-" + variant.word());
        if (stage == choice.stages().get(0)) {
          WalkthroughStacks.addVariant(part, inForce, variant);
        } else {
          new MeshStack(part, inForce, variant);
        }
        wave.addStage(
            part,
            AddStageOpts.builder()
                .post(List.of(steps.verification(this, settings, variant, synth)))
                .build());
      }
    }
    pipeline.buildPipeline();
    sourceRole(pipeline).addToPrincipalPolicy(useConnection);
    choice
        .notificationsTopicArn()
        .ifPresent(
            arn ->
                pipeline
                    .getPipeline()
                    .notifyOn(
                        "Notifications",
                        Topic.fromTopicArn(this, "Topic", arn),
                        PipelineNotifyOnOptions.builder()
                            .events(
                                List.of(
                                    PipelineNotificationEvents.PIPELINE_EXECUTION_SUCCEEDED,
                                    PipelineNotificationEvents.PIPELINE_EXECUTION_FAILED))
                            .build()));
    choice
        .reviewGates()
        .ifPresent(
            gates ->
                new PullRequestCheck(
                    this,
                    choice,
                    gates,
                    bucket("Reviews"),
                    logGroup("ReviewLogs"),
                    BuildEnvironment.builder()
                        .buildImage(IMAGE)
                        .computeType(BuildSteps.COMPUTE_TYPE)
                        .build()));
  }

  private static Role sourceRole(CodePipeline pipeline) {
    return (Role)
        pipeline
            .getPipeline()
            .getNode()
            .findChild("Source")
            .getNode()
            .findChild(SOURCE)
            .getNode()
            .findChild("CodePipelineActionRole");
  }

  /** CDK lets the roles that publish assets start every build of the account. */
  private static PolicyStatement startNoBuild() {
    return PolicyStatement.Builder.create()
        .effect(Effect.DENY)
        .actions(List.of("codebuild:StartBuild", "codebuild:StopBuild"))
        .resources(List.of("*"))
        .build();
  }

  private software.amazon.awscdk.Stage part(String name) {
    return software.amazon.awscdk.Stage.Builder.create(this, name).build();
  }

  /** To empty it when the stack goes, CDK would add a Lambda function; the output names it. */
  private Bucket bucket(String id) {
    Bucket bucket =
        Bucket.Builder.create(this, id)
            .encryption(BucketEncryption.S3_MANAGED)
            .enforceSsl(true)
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .lifecycleRules(List.of(LifecycleRule.builder().expiration(Duration.days(30)).build()))
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    CfnOutput.Builder.create(this, id + "Bucket").value(bucket.getBucketName()).build();
    return bucket;
  }

  /** CodeBuild's own log groups would stay when the stack goes. */
  private LogGroup logGroup(String id) {
    return LogGroup.Builder.create(this, id)
        .retention(RetentionDays.ONE_MONTH)
        .removalPolicy(RemovalPolicy.DESTROY)
        .build();
  }

  /** What the pipeline installs is what package.json pins. */
  private static String version(String tool) {
    try {
      return new ObjectMapper()
          .readTree(Path.of("package.json").toFile())
          .at("/devDependencies/" + tool)
          .asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
