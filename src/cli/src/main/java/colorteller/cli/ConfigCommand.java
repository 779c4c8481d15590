package colorteller.cli;

import static java.util.stream.Collectors.joining;

import colorteller.controlplane.AwsTask;
import colorteller.controlplane.EnvoyMessages;
import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Scenario;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The Envoy resources of proxies: the walkthrough's appendix made real. */
@Command(
    name = "config",
    description =
        "Print the Envoy resources that proxies get in their tasks on AWS, as JSON. Addresses of"
            + " Cloud Map instances are made up, from the ranges kept for documentation. Files of"
            + " certificates stand in place; in a task they are secrets.")
final class ConfigCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin ScenarioOptions source = new ScenarioOptions();

  @Option(
      names = "--proxy",
      paramLabel = "NAME",
      description = "One virtual gateway or virtual node. Default: all.")
  @Nullable String proxy;

  @Override
  public Integer call() {
    EnvoyMessages.load();
    List<Scenario> scenarios = source.scenarios();
    if (scenarios.size() != 1) {
      throw new UnusableInput(
          "config prints one stage of one variant; name both, such as: --variant dns --stage v4_only");
    }
    Scenario scenario = scenarios.get(0);
    Map<ProxyId, ProxyResources> proxies =
        new LinkedHashMap<>(
            new Translator(scenario.mesh(), new AwsTask(), documentationAddresses(scenario))
                .proxies());
    proxies.replaceAll((id, resources) -> resources.withSecretsInPlace());
    System.out.println(proxy == null ? all(proxies) : one(scenario, proxies, proxy).toJson());
    return ExitStatus.AS_EXPECTED;
  }

  /** {@code {"proxies": {NAME: RESOURCES}}}; a gateway's name that is a node's, too, is its id. */
  private static String all(Map<ProxyId, ProxyResources> proxies) {
    Map<String, ProxyResources> byName = new LinkedHashMap<>();
    proxies.forEach(
        (id, resources) -> {
          if (byName.putIfAbsent(id.name(), resources) != null) {
            byName.put(id.toString(), resources);
          }
        });
    return ProxyResources.toJson(byName);
  }

  private static ProxyResources one(
      Scenario scenario, Map<ProxyId, ProxyResources> proxies, String proxy) {
    return proxies.entrySet().stream()
        .filter(candidate -> candidate.getKey().name().equals(proxy))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(
            () ->
                new UnusableInput(
                    "--proxy '%s' is not in mesh %s; allowed are %s"
                        .formatted(
                            proxy,
                            scenario.mesh().name(),
                            proxies.keySet().stream().map(ProxyId::name).collect(joining(", ")))));
  }

  /** An instance for each Cloud Map service, with addresses of RFC 5737 and RFC 3849. */
  private static Map<CloudMap, List<Instance>> documentationAddresses(Scenario scenario) {
    List<VirtualNode> nodes = List.copyOf(scenario.mesh().nodes().values());
    return Instance.ofEachNode(
        scenario.mesh(),
        node -> Objects.requireNonNull(scenario.workloads().get(node.name())).discovery(),
        (node, family) ->
            (family == IpFamily.IPV4 ? "192.0.2." : "2001:db8::") + (nodes.indexOf(node) + 1));
  }
}
