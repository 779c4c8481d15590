package colorteller.infra;

import colorteller.constructs.ControlPlane;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import colorteller.mesh.WalkthroughPorts;
import java.util.List;
import software.amazon.awscdk.Names;
import software.amazon.awscdk.services.ec2.IPeer;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SecurityGroupImportOptions;
import software.constructs.Construct;

/**
 * Who may open a connection to whom, and nothing else: the internet to the load balancer, it to the
 * gateway, the gateway to the colours, and the bastion to the colours and the gateway's admin
 * interface. A rule between two groups holds for IPv4 and IPv6.
 *
 * <p>Security groups do not see what goes to the VPC's own DNS resolver, so it needs no rule.
 */
final class SecurityGroups extends Construct {

  private static final List<IPeer> EVERYONE = List.of(Peer.anyIpv4(), Peer.anyIpv6());

  private final SecurityGroup loadBalancer;
  private final SecurityGroup gateway;
  private final SecurityGroup nodes;

  SecurityGroups(Construct scope, IVpc vpc, Settings settings) {
    super(scope, "SecurityGroups");
    loadBalancer = closed(this, vpc, "LoadBalancer", "Load balancer: from the internet");
    gateway = closed(this, vpc, "Gateway", "Gateway task: from the load balancer and the bastion");
    nodes = closed(this, vpc, "Nodes", "Colour tasks: from the gateway and the bastion");
    ISecurityGroup bastion =
        imported(this, "Bastion", Shared.BASTION_SECURITY_GROUP.value(settings));

    for (IpFamily gateway : IpFamily.values()) {
      Port port = Port.tcp(WalkthroughPorts.loadBalancer(gateway));
      for (IPeer everyone : EVERYONE) {
        loadBalancer.addIngressRule(everyone, port, "Requests from the internet");
      }
    }
    open(loadBalancer, gateway, WalkthroughPorts.HTTP, "Requests");
    open(gateway, nodes, WalkthroughPorts.HTTP, "Requests");
    open(bastion, nodes, WalkthroughPorts.HTTP, "Requests from the bastion");
    open(bastion, gateway, EnvoyPorts.ADMIN, "Admin interface, from the bastion");
    allowHttpsOut(gateway, "Images, logs, control plane");
    allowHttpsOut(nodes, "Images, logs, control plane");
    if (settings.backend() == Backend.ENVOY) {
      ISecurityGroup controlPlane =
          imported(this, "ControlPlane", Shared.CONTROL_PLANE_SECURITY_GROUP.value(settings));
      open(gateway, controlPlane, ControlPlane.PORT, "Configuration of Envoys");
      open(nodes, controlPlane, ControlPlane.PORT, "Configuration of Envoys");
    }
  }

  /** Lets the bastion ask the control plane what it has told whom. */
  static void letTheBastionAsk(Construct scope, Settings settings, SecurityGroup controlPlane) {
    open(
        imported(scope, "Bastion", Shared.BASTION_SECURITY_GROUP.value(settings)),
        controlPlane,
        ControlPlane.ADMIN_PORT,
        "Health, metrics, proxies");
  }

  private static ISecurityGroup imported(Construct scope, String id, String groupId) {
    return SecurityGroup.fromSecurityGroupId(
        scope, id, groupId, SecurityGroupImportOptions.builder().allowAllOutbound(false).build());
  }

  /** A group that lets nothing in or out. */
  static SecurityGroup closed(Construct scope, IVpc vpc, String id, String description) {
    return SecurityGroup.Builder.create(scope, id)
        .vpc(vpc)
        .description(description)
        .allowAllOutbound(false)
        .build();
  }

  static void allowHttpsOut(SecurityGroup group, String description) {
    for (IPeer everyone : EVERYONE) {
      group.addEgressRule(everyone, Port.HTTPS, description);
    }
  }

  private static void open(ISecurityGroup from, ISecurityGroup to, int port, String description) {
    to.getConnections().allowFrom(from, Port.tcp(port), description);
    String fromId = from.getNode().getId();
    String toId = to.getNode().getId();
    NamedStack.name(
        to,
        "from %s:%d".formatted(Names.nodeUniqueId(from.getNode()), port),
        "SecurityGroups%sFrom%s".formatted(toId, fromId));
    NamedStack.name(
        from,
        "to %s:%d".formatted(Names.nodeUniqueId(to.getNode()), port),
        "SecurityGroups%sTo%s".formatted(fromId, toId));
  }

  SecurityGroup loadBalancer() {
    return loadBalancer;
  }

  SecurityGroup gateway() {
    return gateway;
  }

  SecurityGroup nodes() {
    return nodes;
  }
}
