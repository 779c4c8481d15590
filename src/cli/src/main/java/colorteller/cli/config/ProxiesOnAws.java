package colorteller.cli.config;

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

/** The Envoy resources of every proxy of a scenario, as tasks on AWS get them. */
public final class ProxiesOnAws {

  private ProxiesOnAws() {}

  /** By the proxy's id, such as {@code mesh/NAME/virtualNode/NAME}. */
  public static Map<String, ProxyResources> of(Scenario scenario) {
    return new Translator(scenario.mesh(), documentationAddresses(scenario)).proxies();
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
