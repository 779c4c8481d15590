package colorteller.cli;

import colorteller.cli.config.ProxiesOnAws;
import colorteller.controlplane.ProxyResources;
import colorteller.mesh.report.Scenario;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The Envoy resources of one proxy: the walkthrough's appendix made real. */
@Command(
    name = "config",
    description =
        "Print the Envoy resources that one proxy gets in a task on AWS, as JSON. Addresses of"
            + " Cloud Map instances are made up, from the ranges kept for documentation.")
final class ConfigCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin ScenarioOptions source = new ScenarioOptions();

  @Option(
      names = "--proxy",
      required = true,
      paramLabel = "NAME",
      description = "The virtual gateway or virtual node.")
  String proxy = "";

  @Override
  public Integer call() {
    List<Scenario> scenarios = source.scenarios();
    if (scenarios.size() != 1) {
      throw new UnusableInput(
          "config prints one stage of one variant; name both, such as: --variant dns --stage v4_only");
    }
    Scenario scenario = scenarios.get(0);
    Map<String, ProxyResources> proxies = ProxiesOnAws.of(scenario);
    String id =
        proxies.keySet().stream()
            .filter(candidate -> candidate.endsWith("/" + proxy))
            .findFirst()
            .orElseThrow(
                () ->
                    new UnusableInput(
                        "--proxy '%s' is not in mesh %s; allowed are %s"
                            .formatted(
                                proxy,
                                scenario.mesh().name(),
                                String.join(
                                    ", ",
                                    proxies.keySet().stream()
                                        .map(p -> p.substring(p.lastIndexOf('/') + 1))
                                        .toList()))));
    System.out.println(Objects.requireNonNull(proxies.get(id)).toJson());
    return ExitStatus.AS_EXPECTED;
  }
}
