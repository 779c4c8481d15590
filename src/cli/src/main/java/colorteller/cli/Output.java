package colorteller.cli;

import colorteller.cli.report.TableReport;
import colorteller.mesh.report.JsonReport;
import colorteller.mesh.report.Run;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** The option that says how a result is written. */
final class Output {

  /** How a result is written. */
  enum Format {
    table,
    json
  }

  @Option(
      names = "--format",
      paramLabel = "table|json",
      description = "How the result is written. Default: table.")
  Format format = Format.table;

  /**
   * Writes runs to standard output.
   *
   * @param failure why there are fewer runs than were asked for, if so
   */
  void print(List<Run> runs, Optional<String> failure) {
    System.out.println(
        format == Format.json
            ? new JsonReport(runs, failure)
            : TableReport.of(runs, Ansi.AUTO).stripTrailing());
  }
}
