package colorteller.cli;

import colorteller.mesh.report.Scenario;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What every request should give. */
@Command(
    name = "expect",
    description = "Show what every request should give, and why, without running anything.")
final class ExpectCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin ScenarioOptions source = new ScenarioOptions();

  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    output.print(source.scenarios().stream().map(Scenario::expected).toList(), Optional.empty());
    return ExitStatus.AS_EXPECTED;
  }
}
