package colorteller.preflight;

import colorteller.aws.AwsErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.appmesh.AppMeshClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.Setting;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** What an AWS account must have, asked of AWS. Changes nothing but what it is told to. */
public final class Account {

  private static final String DUAL_STACK = "dualStackIPv6";
  private static final String ENABLED = "enabled";

  private Account() {}

  /**
   * Looks at the account of the default credentials, in the default region.
   *
   * @param bootstrapParameter the SSM parameter with the version of the CDK's bootstrap
   * @param bootstrapVersion the version that is needed
   * @param keyPair the EC2 key pair that is needed, if one is
   * @param appMesh whether App Mesh is needed, which has ended
   * @param fix whether to enable the account setting if it is not
   */
  public static List<Check> check(
      String bootstrapParameter,
      int bootstrapVersion,
      Optional<String> keyPair,
      boolean appMesh,
      boolean fix) {
    Optional<Region> region = region();
    String fixOfRegion = "export AWS_REGION=us-west-2, or set a region in your AWS profile";
    if (region.isEmpty()) {
      return List.of(unknownProfile().orElse(Check.missing("region", "none", fixOfRegion)));
    }
    // It goes into host names, and into commands that a person copies.
    if (!region.get().id().matches("[a-z0-9-]{1,40}")) {
      return List.of(Check.missing("region", "its name is none of AWS's", fixOfRegion));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(Check.ok("region", region.get().id()));
    try (SdkHttpClient http = UrlConnectionHttpClient.create()) {
      Clients clients = new Clients(http, region.get());
      Optional<GetCallerIdentityResponse> caller = caller(clients, checks);
      caller.ifPresent(
          identity -> {
            checks.add(
                ask(
                    "CDK bootstrap",
                    () -> bootstrap(clients, identity, bootstrapParameter, bootstrapVersion)));
            checks.add(ask(DUAL_STACK, () -> dualStack(clients, identity, fix)));
            keyPair.ifPresent(
                name -> checks.add(ask("key pair " + name, () -> keyPair(clients, name))));
            if (appMesh) {
              checks.add(appMesh(clients));
            }
          });
    }
    return checks;
  }

  private record Clients(SdkHttpClient http, Region region) {

    <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(B builder) {
      return builder
          .httpClient(http)
          .region(region)
          .overrideConfiguration(limit -> limit.apiCallTimeout(Duration.ofSeconds(20)))
          .build();
    }
  }

  private static Optional<Region> region() {
    try {
      return Optional.of(new DefaultAwsRegionProviderChain().getRegion());
    } catch (SdkClientException e) {
      return Optional.empty();
    }
  }

  /** The profile that the environment names, if there is none of that name. */
  private static Optional<Check> unknownProfile() {
    return ProfileFileSystemSetting.AWS_PROFILE
        .getStringValue()
        .filter(name -> !name.equals("default"))
        .filter(name -> ProfileFile.defaultProfileFile().profile(name).isEmpty())
        .map(
            name ->
                Check.missing(
                    "profile",
                    "AWS_PROFILE names '%s', which is not in your AWS configuration"
                        .formatted(name),
                    "name another, unset AWS_PROFILE, or make it: aws configure --profile "
                        + quoted(name)));
  }

  private static Optional<GetCallerIdentityResponse> caller(Clients clients, List<Check> checks) {
    String name = "credentials";
    try (StsClient sts = clients.client(StsClient.builder())) {
      GetCallerIdentityResponse identity = sts.getCallerIdentity();
      checks.add(Check.ok(name, identity.arn()));
      return Optional.of(identity);
    } catch (SdkException e) {
      unknownProfile().ifPresent(checks::add);
      checks.add(
          Check.missing(
              name,
              "not usable: " + AwsErrors.line(e),
              "log in with aws sso login or aws configure; the rest was not looked at"));
      return Optional.empty();
    }
  }

  private static Check bootstrap(
      Clients clients, GetCallerIdentityResponse identity, String parameter, int needed) {
    String name = "CDK bootstrap";
    String fix =
        "npx cdk bootstrap aws://%s/%s".formatted(identity.account(), clients.region().id());
    try (SsmClient ssm = clients.client(SsmClient.builder())) {
      String version = ssm.getParameter(request -> request.name(parameter)).parameter().value();
      return version.matches("[0-9]{1,6}") && Integer.parseInt(version) >= needed
          ? Check.ok(name, "version " + version)
          : Check.missing(name, "version %s; needed is %d".formatted(version, needed), fix);
    } catch (ParameterNotFoundException e) {
      return Check.missing(name, "none; needed is version " + needed, fix);
    }
  }

  /**
   * The setting of the whole account, since CloudFormation and not the caller creates the services
   * (Step 1 of the walkthrough).
   */
  private static Check dualStack(Clients clients, GetCallerIdentityResponse identity, boolean fix) {
    try (EcsClient ecs = clients.client(EcsClient.builder())) {
      String root =
          "arn:%s:iam::%s:root".formatted(identity.arn().split(":", -1)[1], identity.account());
      String value =
          ecs
              .listAccountSettings(
                  request -> request.name(DUAL_STACK).effectiveSettings(true).principalArn(root))
              .settings()
              .stream()
              .map(Setting::value)
              .findFirst()
              .orElse("disabled");
      if (value.equals(ENABLED)) {
        return Check.ok(DUAL_STACK, ENABLED);
      }
      if (fix) {
        ecs.putAccountSettingDefault(request -> request.name(DUAL_STACK).value(ENABLED));
        return Check.ok(DUAL_STACK, "was %s; now enabled for the account".formatted(value));
      }
      return Check.missing(
          DUAL_STACK,
          value + ", so tasks get no IPv6 address",
          "./walkthrough preflight --fix, or: aws ecs put-account-setting-default --name dualStackIPv6 --value enabled --region "
              + clients.region().id());
    }
  }

  private static Check keyPair(Clients clients, String name) {
    String row = "key pair " + name;
    try (Ec2Client ec2 = clients.client(Ec2Client.builder())) {
      ec2.describeKeyPairs(request -> request.keyNames(name));
      return Check.ok(row, "there");
    } catch (AwsServiceException e) {
      AwsErrorDetails details = e.awsErrorDetails();
      // A proxy's page of HTML has none.
      if (details != null && "InvalidKeyPair.NotFound".equals(details.errorCode())) {
        return Check.missing(
            row,
            "not in " + clients.region().id(),
            "aws ec2 create-key-pair --key-name %s --region %s --query KeyMaterial --output text > %s"
                .formatted(quoted(name), clients.region().id(), quoted(name + ".pem")));
      }
      throw e;
    }
  }

  /** For a shell. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static Check appMesh(Clients clients) {
    String answer;
    try (AppMeshClient appMesh = clients.client(AppMeshClient.builder())) {
      appMesh.listMeshes(request -> request.limit(1));
      answer = "still answers";
    } catch (SdkException e) {
      answer = AwsErrors.line(e);
    }
    return Check.ended(
        "App Mesh",
        "on 2026-09-30, makes no mesh any more (%s): deploy with -c backend=envoy, or run the meshes with ./walkthrough local"
            .formatted(answer));
  }

  private static Check ask(String name, Supplier<Check> question) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      return Check.missing(
          name,
          "unknown: "
              + (e instanceof SdkException said
                  ? AwsErrors.line(said)
                  : e.toString().lines().findFirst().orElse("")),
          "permit the caller what the message names, or try again");
    }
  }
}
