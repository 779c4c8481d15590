package colorteller.review.requests;

import static colorteller.review.requests.TemplateResources.literal;

import colorteller.mesh.IpFamily;
import colorteller.mesh.WalkthroughPorts;
import colorteller.review.requests.Tasks.Task;
import colorteller.review.security.Rule;
import colorteller.review.template.CannotTell;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The way of a request from the internet to a task of the gateway: a listener of the load balancer,
 * its target group, and what is registered there.
 */
record LoadBalancer(TemplateResources resources, Tasks tasks) {

  /** A task of the gateway, at the port at which it is registered with a target group. */
  record Target(Task task, int port) {}

  /** What requests are sent to that enter by an address of a family. */
  Target target(IpFamily via) {
    int port = WalkthroughPorts.loadBalancer(via);
    String listener =
        Stopped.unlessOne(
            resources.ids("AWS::ElasticLoadBalancingV2::Listener").stream()
                .filter(id -> resources.text(id, "Port").equals(Integer.toString(port)))
                .toList(),
            Outcome.UNREACHABLE,
            "listener of a load balancer for port " + port);
    String balancer =
        resources.referred(resources.properties(listener).path("LoadBalancerArn"), listener);
    Stopped.unless(
        resources.text(balancer, "Scheme").equals("internet-facing"),
        "The load balancer is not reachable from the internet.");
    if (!resources.ids("AWS::ElasticLoadBalancingV2::ListenerRule").isEmpty()
        || !resources.text(listener, "Protocol").equals("HTTP")) {
      throw new CannotTell("%s has rules, or takes something else than HTTP.".formatted(listener));
    }
    List<String> groups = TemplateResources.groups(resources.properties(balancer), balancer);
    Passage passage = new Passage(resources);
    Stopped.unless(
        passage.isOpen(Rule.IN, groups, port, Passage.INTERNET, IpFamily.dual()),
        "Security group %s does not let everybody in on port %d."
            .formatted(String.join(", ", groups), port));
    String group = targetGroup(listener, balancer, via);
    Target target =
        Stopped.unlessOne(
            targets(group), Outcome.UNREACHABLE, "task that is registered with " + group);
    passage.require(groups, target.task().groups(), target.port(), Set.of(via));
    return target;
  }

  private String targetGroup(String listener, String balancer, IpFamily via) {
    List<JsonNode> actions = resources.list(listener, "DefaultActions");
    Stopped.unless(
        actions.size() == 1 && actions.get(0).path("Type").asText().equals("forward"),
        "%s forwards to no target group.".formatted(listener));
    String group = resources.referred(actions.get(0).path("TargetGroupArn"), listener);
    String addresses = resources.properties(group).path("IpAddressType").asText("ipv4");
    Stopped.unless(
        addresses.equals(IpFamily.word(Set.of(via)))
            && (via == IpFamily.IPV4
                || resources.text(balancer, "IpAddressType").equals("dualstack")),
        "%s does not send to an %s address.".formatted(listener, via));
    return group;
  }

  /** ECS registers its tasks' IPv4 addresses, a function of the stack the IPv6 ones. */
  private List<Target> targets(String group) {
    Stream<Target> byEcs =
        tasks.services().stream()
            .flatMap(
                service ->
                    resources.list(service, "LoadBalancers").stream()
                        .filter(
                            balancer ->
                                TemplateResources.leadsTo(balancer.path("TargetGroupArn"), group))
                        .map(balancer -> target(service, balancer.path("ContainerPort"))));
    Stream<Target> byFunction =
        resources.ids("AWS::Lambda::Function").stream()
            .map(function -> resources.properties(function).at("/Environment/Variables"))
            .filter(settings -> TemplateResources.leadsTo(settings.path("TARGET_GROUP_ARN"), group))
            .map(
                settings ->
                    target(
                        resources.referred(settings.path("SERVICE"), "The function for " + group),
                        settings.path("PORT")));
    return Stream.concat(byEcs, byFunction).toList();
  }

  private Target target(String service, JsonNode port) {
    return new Target(
        tasks.of(service, Outcome.UNREACHABLE),
        Integer.parseInt(literal(port, "The port of the targets of " + service)));
  }
}
