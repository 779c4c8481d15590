package colorteller.review.stacks;

import java.util.Map;

/**
 * What it means for running traffic, or for what is kept, that a resource is replaced or removed.
 *
 * @param replaced in words; empty for nothing
 * @param removed in words; empty for nothing
 */
record Consequence(String replaced, String removed) {

  private static final String OFFLINE = "Nothing in the VPC reaches the internet, or is reached.";

  private static final Consequence UNKNOWN =
      new Consequence("CloudFormation makes a new one and deletes the old one.", "");

  private static final Map<String, Consequence> OF =
      Map.ofEntries(
          Map.entry(
              "AWS::ECS::TaskDefinition",
              new Consequence(
                  "A new revision: ECS starts a new task, and ends the old one when the new one is healthy.",
                  "")),
          Map.entry(
              "AWS::ECS::Service",
              new Consequence(
                  "A new service starts beside the old one, which is deleted then. Requests reach both for a while.",
                  "Its tasks end, and what they answered fails.")),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::TargetGroup",
              new Consequence(
                  "The listener moves to a new group without targets: requests fail until its targets are healthy, for a minute and a half or more.",
                  "What the listener sent there goes nowhere.")),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::Listener",
              new Consequence("Its port is closed for a moment.", "Its port is closed.")),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::LoadBalancer",
              new Consequence(
                  "A new load balancer under another address: ColorAppEndpoint changes, and clients of the old one fail.",
                  "No request from the internet arrives any more.")),
          Map.entry(
              "AWS::AppMesh::Mesh",
              new Consequence(
                  "Every Envoy of the mesh loses its configuration: all requests fail until the tasks are started again.",
                  "Every Envoy of the mesh loses its configuration: all requests fail.")),
          Map.entry(
              "AWS::AppMesh::VirtualGateway",
              new Consequence(
                  "The gateway's Envoy loses its configuration: all requests fail until its task runs under the new name.",
                  "The gateway's Envoy loses its configuration: all requests fail.")),
          Map.entry(
              "AWS::AppMesh::VirtualNode",
              new Consequence(
                  "The node's Envoy loses its configuration: its colour fails until its task runs under the new name.",
                  "The node's Envoy loses its configuration: its colour fails.")),
          Map.entry(
              "AWS::AppMesh::VirtualService",
              new Consequence(
                  "Routes lead to the new service; requests on the way may fail.",
                  "Requests that lead to it fail.")),
          Map.entry(
              "AWS::AppMesh::VirtualRouter",
              new Consequence(
                  "The service leads to the new router; requests on the way may fail.",
                  "Requests that lead to it fail.")),
          Map.entry(
              "AWS::AppMesh::Route",
              new Consequence(
                  "Requests of its router find no route for a moment.",
                  "Requests of its router find no route.")),
          Map.entry(
              "AWS::AppMesh::GatewayRoute",
              new Consequence(
                  "Requests to its path find no route for a moment.",
                  "Requests to its path find no route, unless another one matches.")),
          Map.entry(
              "AWS::ServiceDiscovery::Service",
              new Consequence(
                  "The tasks are registered anew: the colour cannot be found for a while.",
                  "What it named cannot be found.")),
          Map.entry(
              "AWS::ServiceDiscovery::PrivateDnsNamespace",
              new Consequence(
                  "Nothing can be found by its name until all services are registered anew.",
                  "Nothing can be found by its name.")),
          Map.entry(
              "AWS::EC2::Instance",
              new Consequence(
                  "A new instance under another address: sessions end, and what is on it is lost.",
                  "Sessions end, and what is on it is lost.")),
          Map.entry(
              "AWS::EC2::SecurityGroup",
              new Consequence(
                  "What uses it moves to a new group; tasks are started again.",
                  "What used it must use another one before.")),
          Map.entry(
              "AWS::EC2::Subnet",
              new Consequence(
                  "What runs in it is started again in the new one, under other addresses.",
                  "What runs in it must move before.")),
          Map.entry(
              "AWS::EC2::VPC",
              new Consequence(
                  "Everything in it is made anew.", "Everything in it must go before.")),
          Map.entry(
              "AWS::EC2::NatGateway",
              new Consequence(
                  "Tasks reach nothing outside until the new one is routed to.",
                  "Tasks that need it reach nothing outside, not even their images.")),
          Map.entry("AWS::EC2::InternetGateway", new Consequence(OFFLINE, OFFLINE)),
          Map.entry("AWS::EC2::VPCGatewayAttachment", new Consequence(OFFLINE, OFFLINE)),
          Map.entry(
              "AWS::EC2::EgressOnlyInternetGateway",
              new Consequence(
                  "Tasks reach nothing outside by IPv6 until the new one is routed to.",
                  "Tasks reach nothing outside by IPv6.")),
          Map.entry(
              "AWS::IAM::Policy",
              new Consequence(
                  "Whoever holds it may not do what it allows for a moment.",
                  "Whoever held it may no longer do what it allowed.")),
          Map.entry(
              "AWS::Events::Rule", new Consequence("", "What it started is started no more.")),
          Map.entry(
              "AWS::Lambda::Alias",
              new Consequence(
                  "Whoever invokes the function by it fails for a moment.",
                  "Whoever invokes the function by it fails.")),
          Map.entry(
              "AWS::Lambda::Permission",
              new Consequence("", "What it let invoke the function does so no more.")),
          Map.entry(
              "AWS::EC2::Route",
              new Consequence(
                  "Where it leads to is not reached for a moment.",
                  "Where it led to is not reached any more.")),
          Map.entry(
              "AWS::ECS::Cluster",
              new Consequence(
                  "CloudFormation cannot do it while services run in it.",
                  "CloudFormation cannot do it while services run in it.")),
          Map.entry(
              "AWS::Lambda::Function",
              new Consequence(
                  "A new function under another name: whoever invokes it by name must change.",
                  "Whoever invokes it fails.")),
          Map.entry(
              "AWS::Logs::LogGroup",
              new Consequence("What it holds is deleted.", "What it holds is deleted.")),
          Map.entry(
              "AWS::SSM::Parameter",
              new Consequence(
                  "Who reads it reads the new one only when it is told the new name.",
                  "A control plane keeps what it has of the mesh that it points at; a new task of it sends that mesh's Envoys away, serves those of its other meshes, and does not get healthy.")),
          Map.entry(
              "Custom::MeshCertificates",
              new Consequence(
                  "Keys and certificates are made anew under other names: tasks that have the old ones are not let in until they are started again.",
                  "Keys and certificates are deleted: tasks that run go on, and no new one starts.")),
          Map.entry(
              "AWS::KMS::Key",
              new Consequence(
                  "What the old key has encrypted cannot be read: of a mesh's certificates it is the authority.",
                  "What it has encrypted cannot be read any more.")),
          Map.entry(
              "AWS::S3::Bucket",
              new Consequence(
                  "A new bucket, and what is in the old one does not move.",
                  "CloudFormation can only delete it empty.")),
          Map.entry(
              "AWS::SQS::Queue",
              new Consequence("What is in it is lost.", "What is in it is lost.")));

  static Consequence of(String type) {
    return OF.getOrDefault(type, UNKNOWN);
  }
}
