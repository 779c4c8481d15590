package colorteller.page;

import static java.util.stream.Collectors.toMap;

import colorteller.controlplane.ProxyResources;
import colorteller.local.EnvoyProcess;
import colorteller.local.Envoys;
import colorteller.local.Session;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage that has taken effect, as it was observed.
 *
 * @param scenario the stage
 * @param run what every request gave
 * @param given what each Envoy was given
 * @param upstreams the addresses that each Envoy has for its clusters, by the cluster's name
 * @param urls where a client reaches each gateway, by the gateway's name
 */
public record State(
    Scenario scenario,
    Run run,
    Map<ProxyId, ProxyResources> given,
    Map<ProxyId, Map<String, List<String>>> upstreams,
    Map<String, Map<IpFamily, String>> urls) {

  /** The stage that a session runs, right after the switch to it. */
  public static State of(Session session, Scenario scenario, Run run) {
    Envoys envoys = session.local().network().envoys();
    return new State(
        scenario,
        run,
        session.local().given(),
        envoys.proxies().parallelStream().collect(toMap(id -> id, id -> upstreams(envoys, id))),
        urls(session, scenario.mesh()));
  }

  /** The same with more of the run. */
  State with(Run more) {
    return new State(scenario, more, given, upstreams, urls);
  }

  /** Of the proxy's first Envoy; others of the same proxy are told the same. */
  private static Map<String, List<String>> upstreams(Envoys envoys, ProxyId proxy) {
    return envoys.of(proxy).stream().findFirst().map(EnvoyProcess::upstreams).orElse(Map.of());
  }

  private static Map<String, Map<IpFamily, String>> urls(Session session, Mesh mesh) {
    Map<String, Map<IpFamily, String>> result = new LinkedHashMap<>();
    for (VirtualGateway gateway : mesh.gateways().values()) {
      Map<IpFamily, String> both = new LinkedHashMap<>();
      for (IpFamily family : IpFamily.values()) {
        both.put(family, session.local().network().url(gateway, family).toString());
      }
      result.put(gateway.name(), both);
    }
    return result;
  }
}
