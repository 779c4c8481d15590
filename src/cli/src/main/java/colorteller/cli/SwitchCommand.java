package colorteller.cli;

import colorteller.cli.report.TableReport;
import colorteller.mesh.report.JsonReport;
import colorteller.mesh.report.Run;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Switches the mesh that {@code up} keeps running to another stage. */
@Command(
    name = "switch",
    description = "Switch the mesh that ./walkthrough up keeps running to another stage.")
final class SwitchCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Parameters(paramLabel = "NAME", description = "The stage.")
  String stage = "";

  @Override
  public Integer call() {
    if (stage.isBlank()) {
      throw new UnusableInput("stage '' is not allowed; name one, such as v6_only");
    }
    JsonReport report = JsonReport.read(Control.send(Control.Order.STAGE, stage).toString());
    if (!report.runs().isEmpty()) {
      System.out.println(TableReport.of(report.runs(), Ansi.AUTO));
    }
    report.failure().ifPresent(WalkthroughCommand::say);
    return report.failure().isEmpty() && report.runs().stream().allMatch(Run::matches)
        ? ExitStatus.AS_EXPECTED
        : ExitStatus.DIFFERS;
  }
}
