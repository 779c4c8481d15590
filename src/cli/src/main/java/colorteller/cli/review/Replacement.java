package colorteller.cli.review;

import java.util.Map;

/** What the replacement of a resource means for traffic that is running. */
final class Replacement {

  private static final Map<String, String> MEANINGS =
      Map.ofEntries(
          Map.entry(
              "AWS::ECS::TaskDefinition",
              "A new revision: ECS starts a new task and ends the old one when the new one is healthy. Requests go on."),
          Map.entry(
              "AWS::ECS::Service",
              "A new service starts beside the old one, which is deleted then. Requests reach both for a while."),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::TargetGroup",
              "The listener moves to a new group without targets: requests fail until its targets are healthy, for a minute and a half or more."),
          Map.entry("AWS::ElasticLoadBalancingV2::Listener", "Its port is closed for a moment."),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::LoadBalancer",
              "A new load balancer under another address: ColorAppEndpoint changes, and clients of the old one fail."),
          Map.entry(
              "AWS::AppMesh::Mesh",
              "Every Envoy of the mesh loses its configuration: all requests fail until the tasks are started again."),
          Map.entry(
              "AWS::AppMesh::VirtualGateway",
              "The gateway's Envoy loses its configuration: all requests fail until its task runs under the new name."),
          Map.entry(
              "AWS::AppMesh::VirtualNode",
              "The node's Envoy loses its configuration: its colour fails until its task runs under the new name."),
          Map.entry(
              "AWS::AppMesh::VirtualService",
              "Routes lead to the new service; requests on the way may fail."),
          Map.entry(
              "AWS::AppMesh::GatewayRoute", "Requests to its path find no route for a moment."),
          Map.entry(
              "AWS::ServiceDiscovery::Service",
              "The tasks are registered anew: the colour cannot be found for a while."),
          Map.entry(
              "AWS::ServiceDiscovery::PrivateDnsNamespace",
              "Nothing can be found by its name until all services are registered anew."),
          Map.entry("AWS::EC2::Instance", "A new bastion under another address: sessions end."),
          Map.entry(
              "AWS::EC2::SecurityGroup",
              "What uses it moves to a new group; tasks are started again. Requests go on."),
          Map.entry(
              "AWS::EC2::Subnet",
              "What runs in it is started again in the new one, under other addresses."),
          Map.entry(
              "AWS::EC2::VPC",
              "Everything is made anew. CloudFormation cannot do it while other stacks use the VPC."),
          Map.entry(
              "AWS::EC2::NatGateway",
              "Tasks reach nothing outside until the new one is routed to."),
          Map.entry("AWS::ECS::Cluster", "CloudFormation cannot do it while services run in it."),
          Map.entry(
              "AWS::Lambda::Function",
              "A new function under another name; whoever invokes it by name must change."),
          Map.entry("AWS::Logs::LogGroup", "What it holds is deleted."));

  private Replacement() {}

  static String meaning(String type) {
    return MEANINGS.getOrDefault(type, "CloudFormation makes a new one and deletes the old one.");
  }
}
