package colorteller.cli;

import colorteller.account.AccountFailure;
import colorteller.aws.AwsErrors;
import colorteller.deployment.DeploymentException;
import colorteller.local.MeshFailure;
import colorteller.mesh.template.TemplateException;
import colorteller.synthesis.SynthesisException;
import colorteller.verification.VerificationException;
import colorteller.vpc.VpcUnavailable;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import software.amazon.awssdk.core.exception.SdkException;

/** The {@code walkthrough} command. */
@Command(
    name = "walkthrough",
    description =
        "AWS's walkthrough of IPv6 in App Mesh, on this machine: real Envoys, configured from the"
            + " templates that the CDK app synthesizes.",
    subcommands = {
      LocalCommand.class,
      UpCommand.class,
      SwitchCommand.class,
      ShellCommand.class,
      ProxiesCommand.class,
      RestartCommand.class,
      ExpectCommand.class,
      ConfigCommand.class,
      ExplainCommand.class,
      LintCommand.class,
      CostCommand.class,
      ReviewCommand.class,
      PreflightCommand.class,
      VerifyCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Everything is as expected.",
      "1:Something differs from what is expected, or broke.",
      "2:The input cannot be used.",
      "3:This machine lacks something.",
      "4:A fault of the walkthrough itself."
    })
public final class WalkthroughCommand {

  @Mixin Help help = new Help();

  // Set by Ctrl-C, which ends the Envoys as well: what is noticed then is nobody's concern.
  private static volatile boolean ending;

  private WalkthroughCommand() {}

  public static void main(String[] arguments) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "ending"));
    // Ports are written in digits 0 to 9 and numbers with a point, whatever this machine's
    // language.
    Locale.setDefault(Locale.ROOT);
    // Libraries log, with stack traces, that an Envoy has gone; this program says it in one line.
    LogManager.getLogManager().reset();
    System.exit(run(arguments));
  }

  /** Runs a command and gives its exit status. */
  static int run(String... arguments) {
    CommandLine commandLine = new CommandLine(new WalkthroughCommand());
    // What follows the name is somebody else's command, with options of its own.
    Objects.requireNonNull(commandLine.getSubcommands().get("shell")).setStopAtPositional(true);
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (e, args) -> {
              say("%s. See: ./walkthrough help".formatted(e.getMessage()));
              return ExitStatus.UNUSABLE_INPUT;
            })
        .setExecutionExceptionHandler((e, failed, parsed) -> failed(e))
        .execute(arguments);
  }

  private static int failed(Exception e) {
    String message = Optional.ofNullable(e.getMessage()).orElse("");
    if (e instanceof UnusableInput
        || e instanceof SynthesisException
        || e instanceof DeploymentException
        || e instanceof TemplateException
        || e instanceof VerificationException) {
      say(message);
      return ExitStatus.UNUSABLE_INPUT;
    }
    if (e instanceof MissingTool || e instanceof VpcUnavailable) {
      say(message);
      return ExitStatus.MISSING_TOOL;
    }
    if (e instanceof SdkException refused) {
      say(
          "AWS cannot be asked: %s; check with ./walkthrough preflight"
              .formatted(AwsErrors.line(refused)));
      return ExitStatus.MISSING_TOOL;
    }
    if (e instanceof MeshFailure || e instanceof AccountFailure) {
      say(message);
      return ExitStatus.DIFFERS;
    }
    say(
        "This is a fault of the walkthrough itself, please report it: %s at %s"
            .formatted(e, e.getStackTrace().length == 0 ? "?" : e.getStackTrace()[0]));
    return ExitStatus.FAULT;
  }

  /** One line for a person, on standard error; nothing where there is nothing to say. */
  static void say(String line) {
    if (!line.isEmpty() && !ending) {
      System.err.println(line);
    }
  }
}
