package colorteller.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import colorteller.local.MeshFailure;
import colorteller.local.Session;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    Machine.requireIpv6();
    Path envoy = Machine.envoy();
    List<Run> runs = new ArrayList<>();
    Optional<String> failure = Optional.empty();
    List<Scenario> scenarios = source.scenarios();
    try {
      // The stages of one mesh share its Envoys.
      scenarios.stream()
          .collect(groupingBy(s -> s.mesh().name(), LinkedHashMap::new, toList()))
          .values()
          .forEach(stages -> rehearse(envoy, stages, runs));
    } catch (MeshFailure e) {
      failure = Optional.ofNullable(e.getMessage());
    }
    if (!runs.isEmpty() || output.format == Output.Format.json) {
      output.print(runs, failure);
    }
    failure.ifPresent(WalkthroughCommand::say);
    return failure.isEmpty() && runs.stream().allMatch(Run::matches)
        ? ExitStatus.AS_EXPECTED
        : ExitStatus.DIFFERS;
  }

  private void rehearse(Path envoy, List<Scenario> stages, List<Run> runs) {
    Scenario first = stages.get(0);
    WalkthroughCommand.say(
        "%s: starting %d Envoys"
            .formatted(
                first.mesh().name(), first.mesh().gateways().size() + first.mesh().nodes().size()));
    try (Session session = new Session(network.of(envoy, first, source.context.values), first)) {
      session.listen(LocalCommand::say);
      for (Scenario stage : stages) {
        runs.add(session.switchTo(stage));
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
