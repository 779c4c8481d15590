package colorteller.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import colorteller.cli.report.TableReport;
import colorteller.local.MeshFailure;
import colorteller.local.Session;
import colorteller.mesh.report.JsonReport;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.page.PageHtml;
import colorteller.page.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Every stage on real Envoys, beside what it should give. */
@Command(
    name = "local",
    description =
        "Run stages on real Envoys on this machine and show what every request gives beside what"
            + " it should give.")
final class LocalCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin ScenarioOptions source = new ScenarioOptions();

  @Mixin NetworkOption network = new NetworkOption();

  /** How a result is written. */
  enum Format {
    table,
    json,
    html
  }

  @Option(
      names = "--format",
      paramLabel = "table|json|html",
      description =
          "How the result is written; html is one file, with a picture and every stage to choose."
              + " Default: table.")
  Format format = Format.table;

  @Override
  public Integer call() {
    Machine.requireIpv6();
    Path envoy = Machine.envoy();
    List<State> states = new ArrayList<>();
    Optional<String> failure = Optional.empty();
    List<Scenario> scenarios = source.scenarios();
    try {
      // The stages of one mesh share its Envoys.
      scenarios.stream()
          .collect(groupingBy(s -> s.mesh().name(), LinkedHashMap::new, toList()))
          .values()
          .forEach(stages -> rehearse(envoy, stages, states));
    } catch (MeshFailure e) {
      failure = Optional.ofNullable(e.getMessage());
    }
    List<Run> runs = states.stream().map(State::run).toList();
    if (format == Format.json) {
      System.out.println(new JsonReport(runs, failure));
    } else if (!states.isEmpty()) {
      System.out.println(
          format == Format.html
              ? PageHtml.file(states, failure)
              : TableReport.of(runs, Ansi.AUTO).stripTrailing());
    }
    failure.ifPresent(WalkthroughCommand::say);
    return failure.isEmpty() && runs.stream().allMatch(Run::matches)
        ? ExitStatus.AS_EXPECTED
        : ExitStatus.DIFFERS;
  }

  private void rehearse(Path envoy, List<Scenario> stages, List<State> states) {
    Scenario first = stages.get(0);
    int envoys = first.mesh().gateways().size() + first.mesh().nodes().size();
    WalkthroughCommand.say(
        "%s: starting %d %s"
            .formatted(first.mesh().name(), envoys, envoys == 1 ? "Envoy" : "Envoys"));
    try (Session session = new Session(network.of(envoy, first, source.context.values), first)) {
      session.listen(LocalCommand::say);
      for (Scenario stage : stages) {
        states.add(State.of(session, stage, session.switchTo(stage)));
        session.supervise();
      }
    }
  }

  private static void say(Session.Event event) {
    if (event instanceof Session.Event.Switching switching) {
      Scenario to = switching.to();
      WalkthroughCommand.say("%s: %s".formatted(to.mesh().name(), to.stage().orElse("requests")));
    }
  }
}
