package colorteller.cost;

import static colorteller.cost.Price.ALARM;
import static colorteller.cost.Price.APPLICATION_LB;
import static colorteller.cost.Price.FARGATE_ARM_GB;
import static colorteller.cost.Price.FARGATE_ARM_VCPU;
import static colorteller.cost.Price.FARGATE_GB;
import static colorteller.cost.Price.FARGATE_VCPU;
import static colorteller.cost.Price.HOSTED_ZONE;
import static colorteller.cost.Price.KMS_KEY;
import static colorteller.cost.Price.METRIC;
import static colorteller.cost.Price.NAT_GATEWAY;
import static colorteller.cost.Price.NETWORK_LB;
import static colorteller.cost.Price.PUBLIC_IPV4;
import static colorteller.cost.Price.T4G_NANO;
import static colorteller.cost.Price.VOLUME_GB;

import colorteller.mesh.template.References;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads from a template what its stack costs as long as it is there. */
public final class TemplateBill {

  /** Resources that cost nothing by being there. */
  private static final Set<String> FREE =
      Set.of(
          "AWS::AppMesh::GatewayRoute",
          "AWS::AppMesh::Mesh",
          "AWS::AppMesh::Route",
          "AWS::AppMesh::VirtualGateway",
          "AWS::AppMesh::VirtualNode",
          "AWS::AppMesh::VirtualRouter",
          "AWS::AppMesh::VirtualService",
          // Builds and executions cost by the minute.
          "AWS::CodeBuild::Project",
          "AWS::CodePipeline::Pipeline",
          "AWS::CodeStarNotifications::NotificationRule",
          // Its address is priced with what holds it.
          "AWS::EC2::EIP",
          "AWS::EC2::EgressOnlyInternetGateway",
          "AWS::EC2::FlowLog",
          "AWS::EC2::InternetGateway",
          "AWS::EC2::LaunchTemplate",
          "AWS::EC2::Route",
          "AWS::EC2::RouteTable",
          "AWS::EC2::SecurityGroup",
          "AWS::EC2::SecurityGroupEgress",
          "AWS::EC2::SecurityGroupIngress",
          "AWS::EC2::Subnet",
          "AWS::EC2::SubnetRouteTableAssociation",
          "AWS::EC2::VPC",
          "AWS::EC2::VPCCidrBlock",
          "AWS::EC2::VPCGatewayAttachment",
          "AWS::ECS::Cluster",
          // Its service is what runs.
          "AWS::ECS::TaskDefinition",
          "AWS::ElasticLoadBalancingV2::Listener",
          "AWS::ElasticLoadBalancingV2::TargetGroup",
          "AWS::Events::Rule",
          "AWS::IAM::InstanceProfile",
          "AWS::IAM::ManagedPolicy",
          "AWS::IAM::Policy",
          "AWS::IAM::Role",
          // Functions and queues cost by what is asked of them.
          "AWS::Lambda::Alias",
          "AWS::Lambda::Function",
          "AWS::Lambda::Permission",
          "AWS::Lambda::Version",
          "AWS::Logs::LogGroup",
          // Buckets cost by what is in them.
          "AWS::S3::Bucket",
          "AWS::S3::BucketPolicy",
          // Standard parameters.
          "AWS::SSM::Parameter",
          "AWS::Route53::RecordSet",
          // Made by a function, of parameters.
          "Custom::MeshCertificates",
          "AWS::SQS::Queue",
          "AWS::SQS::QueuePolicy",
          // Instances that ECS registers are free.
          "AWS::ServiceDiscovery::Service");

  /** What a control plane writes, from all its tasks together. */
  private static final int CONTROL_PLANE_METRICS = 7;

  private final JsonNode resources;
  private final Map<Price, Double> quantities = new HashMap<>();
  private final Set<String> unknown = new TreeSet<>();

  private TemplateBill(JsonNode template) {
    resources = template.path("Resources");
    resources.forEach(this::add);
  }

  /** Reads a CloudFormation template. */
  public static TemplateBill of(JsonNode template) {
    return new TemplateBill(template);
  }

  public Bill bill() {
    return new Bill(quantities);
  }

  /** What this class has no price for, such as {@code AWS::EC2::Instance m5.large}. */
  public Set<String> unknown() {
    return unknown;
  }

  /** The settings that add what is billed by use: its price is in no template. */
  public Set<String> byUse() {
    Set<String> settings = new TreeSet<>();
    for (JsonNode resource : resources) {
      JsonNode properties = resource.path("Properties");
      if (resource.path("Type").asText().equals("AWS::EC2::FlowLog")) {
        settings.add("flowLogs");
      }
      if (properties.path("LoadBalancerAttributes").findValuesAsText("Key").stream()
          .anyMatch("access_logs.s3.bucket"::equals)) {
        settings.add("accessLogsBucket");
      }
      if (properties.path("ContainerDefinitions").findValuesAsText("Name").stream()
          .anyMatch("cw-agent"::equals)) {
        settings.add("envoyMetrics");
      }
    }
    return settings;
  }

  private void add(JsonNode resource) {
    String type = resource.path("Type").asText();
    JsonNode properties = resource.path("Properties");
    switch (type) {
      case "AWS::EC2::NatGateway" -> {
        add(NAT_GATEWAY, 1);
        add(PUBLIC_IPV4, 1);
      }
      case "AWS::EC2::VPCEndpoint" -> {
        if (!properties.path("VpcEndpointType").asText().equals("Gateway")) {
          unknown.add(type + " " + properties.path("VpcEndpointType").asText());
        }
      }
      case "AWS::EC2::Instance" -> addInstance(type, properties);
      case "AWS::ECS::Service" -> addTasks(properties);
      case "AWS::ElasticLoadBalancingV2::LoadBalancer" -> {
        add(properties.path("Type").asText().equals("network") ? NETWORK_LB : APPLICATION_LB, 1);
        if (properties.path("Scheme").asText().equals("internet-facing")) {
          add(PUBLIC_IPV4, properties.path("Subnets").size());
        }
      }
      case "AWS::CloudWatch::Alarm" -> add(ALARM, 1);
      case "AWS::KMS::Key" -> add(KMS_KEY, 1);
      case "AWS::ServiceDiscovery::PrivateDnsNamespace", "AWS::Route53::HostedZone" ->
          add(HOSTED_ZONE, 1);
      default -> {
        if (!FREE.contains(type)) {
          unknown.add(type);
        }
      }
    }
  }

  private void addInstance(String type, JsonNode properties) {
    String size = properties.path("InstanceType").asText();
    if (size.equals("t4g.nano")) {
      add(T4G_NANO, 1);
    } else {
      unknown.add(type + " " + size);
    }
    for (JsonNode device : properties.path("BlockDeviceMappings")) {
      add(VOLUME_GB, device.at("/Ebs/VolumeSize").asDouble());
    }
    for (JsonNode network : properties.path("NetworkInterfaces")) {
      if (network.path("AssociatePublicIpAddress").asBoolean()) {
        add(PUBLIC_IPV4, 1);
      }
    }
  }

  private void addTasks(JsonNode service) {
    String id = References.to(service.path("TaskDefinition")).orElse("");
    JsonNode task = resources.path(id).path("Properties");
    boolean arm = task.at("/RuntimePlatform/CpuArchitecture").asText().equals("ARM64");
    double tasks =
        Optional.of(service.path("DesiredCount"))
            .filter(JsonNode::isNumber)
            .map(JsonNode::asDouble)
            .orElse(1.0);
    add(arm ? FARGATE_ARM_VCPU : FARGATE_VCPU, tasks * task.path("Cpu").asDouble() / 1024);
    if (task.toString().contains("CONTROL_PLANE_MESHES")) {
      add(METRIC, CONTROL_PLANE_METRICS);
    }
    add(arm ? FARGATE_ARM_GB : FARGATE_GB, tasks * task.path("Memory").asDouble() / 1024);
  }

  private void add(Price price, double quantity) {
    quantities.merge(price, quantity, Double::sum);
  }
}
