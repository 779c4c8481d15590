package colorteller.cli.report;

import colorteller.mesh.Call;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.RouteTable.Target;
import colorteller.mesh.Sender;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.report.Explanation;
import colorteller.mesh.report.Explanation.Candidate;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.template.Place;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.WordUtils;

/** The way of a request, for a person. */
public final class ExplanationText {

  private static final int WIDTH = 100;

  private ExplanationText() {}

  public static String of(Explanation explanation) {
    StringBuilder out = new StringBuilder();
    out.append(start(explanation)).append("\n\n");
    candidates(out, "gateway route", explanation.gatewayRoutes());
    Call behind = explanation.way().call();
    if (explanation.way().gatewayRoute().isPresent()) {
      line(out, "  becomes", "%s to %s".formatted(behind.words(), behind.host()));
    }
    explanation
        .way()
        .service()
        .ifPresent(
            service ->
                line(
                    out,
                    "virtual service",
                    service.name() + at(explanation.place("VirtualService", service.name()))));
    explanation
        .router()
        .ifPresent(
            name ->
                line(out, "virtual router", name + at(explanation.place("VirtualRouter", name))));
    candidates(out, "route", explanation.routes());
    explanation.way().targets().forEach(target -> target(out, explanation, target));
    explanation
        .way()
        .elsewhere()
        .forEach(
            target ->
                line(
                    out,
                    "virtual node",
                    target.node()
                        + share(explanation, target.weight())
                        + ": elsewhere, not in these templates"));
    if (!explanation.way().whyNowhere().isEmpty()) {
      line(out, "nowhere", explanation.way().whyNowhere());
    }
    out.append("\nExpected: ").append(explanation.result().should(IpFamily.IPV4)).append('\n');
    out.append(wrapped(explanation.expected().explanation())).append('\n');
    observed(out, explanation.result());
    return out.toString();
  }

  private static String start(Explanation explanation) {
    Call call = explanation.request().call();
    String what =
        call.protocol().hasRequests()
            ? (call.method().equals("GET") ? "GET " : "") + call.words()
            : "A connection";
    return explanation.request().sender() instanceof Sender.Client client
        ? "%s%s to virtual gateway %s, which takes %s at port %d"
            .formatted(
                what,
                call.host().equals(client.gateway().name()) ? "" : " for " + call.host(),
                client.gateway().name(),
                client.listener().protocol().word(),
                client.listener().port())
        : "%s from virtual node %s to %s at port %d"
            .formatted(what, explanation.request().sender().name(), call.host(), call.port());
  }

  private static void candidates(StringBuilder out, String what, List<Candidate> candidates) {
    for (Candidate candidate : candidates) {
      String name = candidate.route().name() + at(candidate.place());
      if (candidate.whyNot().isPresent()) {
        line(out, "  not", "%s: %s".formatted(name, candidate.whyNot().get()));
      } else {
        line(out, what, "%s: %s".formatted(name, candidate.route().match().words()));
      }
    }
  }

  private static void target(StringBuilder out, Explanation explanation, Target target) {
    line(
        out,
        "virtual node",
        target.node().name()
            + at(explanation.place("VirtualNode", target.node().name()))
            + share(explanation, target.weight())
            + ": found by %s, listens for %s at port %d, its application at %s"
                .formatted(
                    target.node().serviceDiscovery().map(ExplanationText::words).orElse("nobody"),
                    target.listener().protocol().word(),
                    target.listener().port(),
                    explanation
                        .scenario()
                        .mesh()
                        .effectivePreference(target.node())
                        .localApplication()
                        .loopback()));
  }

  private static String share(Explanation explanation, int weight) {
    int sum = explanation.way().weights();
    return weight == sum ? "" : ", " + Expectation.Share.percent((double) weight / sum);
  }

  private static String words(ServiceDiscovery discovery) {
    return (discovery instanceof ServiceDiscovery.Dns ? "DNS as " : "Cloud Map as ")
        + discovery.host();
  }

  private static void observed(StringBuilder out, RouteResult result) {
    result
        .observed()
        .forEach(
            (entry, observation) ->
                out.append("Real Envoys, via %s: %s".formatted(entry, RouteResult.was(observation)))
                    .append(
                        result.matches(entry)
                            ? ", as expected\n"
                            : "\n" + wrapped(result.difference(entry).orElse("")) + "\n"));
  }

  private static String at(Optional<Place> place) {
    return place.map(p -> " (%s: %s)".formatted(p.file().getFileName(), p.path())).orElse("");
  }

  private static void line(StringBuilder out, String what, String words) {
    out.append("%-16s  %s\n".formatted(what, words));
  }

  private static String wrapped(String sentence) {
    return "  " + WordUtils.wrap(sentence, WIDTH, "\n  ", false);
  }
}
