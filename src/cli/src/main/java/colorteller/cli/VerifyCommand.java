package colorteller.cli;

import static java.util.stream.Collectors.toMap;

import colorteller.aws.AwsClients;
import colorteller.aws.AwsErrors;
import colorteller.mesh.IpFamily;
import colorteller.synthesis.Assembly;
import colorteller.verification.Aws;
import colorteller.verification.Rounds;
import colorteller.verification.Verification;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;

/** What the walkthrough-verifier function does, from this machine. */
@Command(
    name = "verify",
    description =
        "Request every colour of a variant that is deployed in your AWS account, and show what every"
            + " request gives beside what the deployed mesh says that it should give.")
final class VerifyCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Option(
      names = "--variant",
      paramLabel = "dns|cloud",
      required = true,
      description = "Which of the two deployed meshes.")
  String variant = "";

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "How many rounds in a row must give the same before they are compared. Default: ${DEFAULT-VALUE}.")
  int rounds = 16;

  @Option(
      names = "--pause",
      paramLabel = "SECONDS",
      description = "From one round to the next. Default: ${DEFAULT-VALUE}.")
  int pause = 20;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      description = "How long to wait for the mesh to settle. Default: ${DEFAULT-VALUE}.")
  int limit = 720;

  @Mixin ContextValues context = new ContextValues();

  @Mixin Output output = new Output();

  @Override
  public Integer call() throws InterruptedException {
    if (!List.of("dns", "cloud").contains(variant)) {
      throw new UnusableInput(
          "--variant '%s' is not allowed; allowed are dns, cloud".formatted(variant));
    }
    Rounds settled = new Rounds(rounds, Duration.ofSeconds(pause), Duration.ofSeconds(limit));
    if (!settled.fit()) {
      throw new UnusableInput(
          "--rounds %d with --pause %d do not fit in --limit %d".formatted(rounds, pause, limit));
    }
    Assembly assembly = Machine.synthesis().assembly(context.values);
    Map<String, String> outputs = outputs(assembly.serviceStack(variant));
    Verification verification =
        Aws.verification(
            variant,
            assembly
                .meshDocument(variant)
                .map(Aws::document)
                .orElseGet(() -> Aws.appMesh(assembly.meshName(variant))),
            Map.of(
                IpFamily.IPV4, endpoint(outputs, "ColorAppEndpoint"),
                IpFamily.IPV6, endpoint(outputs, "ColorAppEndpointIpv6")));
    WalkthroughCommand.say(
        "Observing until nothing changes any more, at most %d s".formatted(limit));
    Verification.Result result = verification.verify(settled);
    if (result.run().isPresent() || output.format == Output.Format.json) {
      output.print(result.run().stream().toList(), result.failure());
    }
    result.failure().ifPresent(WalkthroughCommand::say);
    return result.holds() ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }

  private static Map<String, String> outputs(String stack) {
    try (SdkHttpClient http = UrlConnectionHttpClient.create();
        CloudFormationClient cloudFormation =
            AwsClients.client(CloudFormationClient.builder(), http)) {
      return cloudFormation.describeStacks(r -> r.stackName(stack)).stacks().stream()
          .flatMap(found -> found.outputs().stream())
          .collect(toMap(o -> o.outputKey(), o -> o.outputValue()));
    } catch (CloudFormationException e) {
      if (AwsErrors.line(e).contains("does not exist")) {
        throw new UnusableInput(
            "stack '%s' is not deployed in this account and region; deploy it first: npx cdk deploy %s"
                .formatted(stack, stack));
      }
      throw e;
    }
  }

  private static URI endpoint(Map<String, String> outputs, String name) {
    return Optional.ofNullable(outputs.get(name))
        .map(URI::create)
        .orElseThrow(
            () ->
                new UnusableInput(
                    "the deployed stack has no output %s; deploy it again with this version"
                        .formatted(name)));
  }
}
