package colorteller.cli;

import colorteller.cli.report.TextTable;
import colorteller.cli.report.TextTable.Cell;
import colorteller.preflight.Account;
import colorteller.preflight.Check;
import colorteller.preflight.Docker;
import colorteller.synthesis.Assembly;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The walkthrough's prerequisites (Step 1), checked. */
@Command(
    name = "preflight",
    description =
        "Check what this machine and your AWS account need before cdk deploy. Changes nothing"
            + " without --fix.")
final class PreflightCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin ContextValues context = new ContextValues();

  @Option(
      names = "--fix",
      description = "Enable the account setting dualStackIPv6, for the whole account and region.")
  boolean fix;

  @Override
  public Integer call() {
    Assembly assembly = Machine.synthesis().assembly(context.values);
    List<Check> checks = new ArrayList<>();
    checks.add(cdkCli());
    if (assembly.buildsImages()) {
      checks.add(Docker.check());
    }
    checks.addAll(
        Account.check(
            assembly.bootstrapParameter(),
            assembly.bootstrapVersion(),
            assembly.keyPair(),
            assembly.needsAppMesh(),
            fix));
    TextTable table = new TextTable();
    for (Check check : checks) {
      table.row(
          Stream.of(check.state().word(), check.name(), check.found()).map(Cell::of).toList());
    }
    System.out.print(table.print(Ansi.OFF));
    List<Check> missing = checks.stream().filter(Check::isMissing).toList();
    if (!missing.isEmpty()) {
      System.out.printf("%nTo do:%n");
      missing.forEach(check -> System.out.printf("  %s: %s%n", check.name(), check.fix()));
    }
    return missing.isEmpty() ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }

  private static Check cdkCli() {
    return Files.isExecutable(Machine.root().resolve("node_modules/.bin/cdk"))
        ? Check.ok("CDK CLI", "installed")
        : Check.missing("CDK CLI", "not installed", "npm ci");
  }
}
