package colorteller.cli;

import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Scenario;
import java.util.EnumMap;
import java.util.HashMap;
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

  @Mixin Source source = new Source();

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
    Map<String, ProxyResources> proxies =
        new Translator(scenario.mesh(), documentationAddresses(scenario)).proxies();
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

  /** An instance for each Cloud Map service, with addresses of RFC 5737 and RFC 3849. */
  private static Map<CloudMap, List<Instance>> documentationAddresses(Scenario scenario) {
    Map<CloudMap, List<Instance>> result = new HashMap<>();
    int number = 0;
    for (VirtualNode node : scenario.mesh().nodes().values()) {
      number++;
      if (node.serviceDiscovery().orElse(null) instanceof CloudMap service) {
        Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
        for (IpFamily family :
            Objects.requireNonNull(scenario.workloads().get(node.name())).discovery()) {
          addresses.put(family, (family == IpFamily.IPV4 ? "192.0.2." : "2001:db8::") + number);
        }
        result.put(service, List.of(new Instance(addresses)));
      }
    }
    return result;
  }
}
