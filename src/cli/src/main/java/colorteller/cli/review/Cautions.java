package colorteller.cli.review;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Changes that requests may feel, and of which templates do not tell how: an image, a role, a route
 * of the VPC.
 */
final class Cautions {

  private static final Pattern STACKS = Pattern.compile(".*-(vpc|ecs-cluster|ecs-service|mesh)");
  private static final String NETWORK = "/(Tags).*";

  /**
   * By type, the places of a resource that {@link RequestPath} reads, or that no request needs; any
   * other is a caution. Types that are not here are not on a request's way.
   */
  private static final Map<String, String> READ =
      Map.ofEntries(
          Map.entry(
              "AWS::ECS::TaskDefinition",
              "new|gone|/(Family|Tags|ProxyConfiguration|ContainerDefinitions/[^/]+/(LogConfiguration|Name"
                  + "|PortMappings|Environment/(COLOR|IP_FAMILY|PORT|APPMESH_RESOURCE_ARN))).*"),
          Map.entry(
              "AWS::ECS::Service",
              "new|gone|/(DesiredCount|ServiceRegistries|LoadBalancers|TaskDefinition|Tags"
                  + "|EnableECSManagedTags|NetworkConfiguration/AwsvpcConfiguration/SecurityGroups).*"),
          Map.entry(
              "AWS::ServiceDiscovery::Service",
              "new|gone|/(Name|NamespaceId|DnsConfig/NamespaceId|DnsConfig/DnsRecords(/\\d+(/Type)?)?)"),
          Map.entry("AWS::ServiceDiscovery::PrivateDnsNamespace", "new|gone|/(Name|Tags).*"),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::Listener",
              "new|gone|/(Port|Protocol|LoadBalancerArn|DefaultActions).*"),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::TargetGroup", "new|gone|/(Name|IpAddressType|Tags).*"),
          Map.entry(
              "AWS::ElasticLoadBalancingV2::LoadBalancer",
              "new|gone|/(Name|Scheme|IpAddressType|SecurityGroups|Tags).*"),
          Map.entry("AWS::EC2::SecurityGroup", "new|gone|/(Group.*|Tags|SecurityGroupIngress).*"),
          Map.entry("AWS::Lambda::Function", "new|gone|/Environment/.*|/(Code|LoggingConfig).*"),
          Map.entry("AWS::Lambda::Permission", NETWORK),
          Map.entry("AWS::Events::Rule", "/Description"),
          Map.entry("AWS::IAM::Role", "new|gone|/Tags.*"),
          Map.entry("AWS::IAM::Policy", "/PolicyName"),
          Map.entry("AWS::Logs::LogGroup", "new|/RetentionInDays"),
          Map.entry("AWS::ECS::Cluster", "new|/Tags.*"),
          Map.entry("AWS::AppMesh::VirtualGateway", "(?!.*HealthCheck).*"),
          Map.entry("AWS::AppMesh::VirtualNode", "(?!.*HealthCheck).*"),
          Map.entry("AWS::EC2::EIP", NETWORK),
          Map.entry("AWS::EC2::EgressOnlyInternetGateway", NETWORK),
          Map.entry("AWS::EC2::InternetGateway", NETWORK),
          Map.entry("AWS::EC2::NatGateway", NETWORK),
          Map.entry("AWS::EC2::NetworkAcl", NETWORK),
          Map.entry("AWS::EC2::NetworkAclEntry", NETWORK),
          Map.entry("AWS::EC2::Route", NETWORK),
          Map.entry("AWS::EC2::RouteTable", NETWORK),
          Map.entry("AWS::EC2::Subnet", NETWORK),
          Map.entry("AWS::EC2::SubnetNetworkAclAssociation", NETWORK),
          Map.entry("AWS::EC2::SubnetRouteTableAssociation", NETWORK),
          Map.entry("AWS::EC2::VPC", NETWORK),
          Map.entry("AWS::EC2::VPCCidrBlock", NETWORK),
          Map.entry("AWS::EC2::VPCEndpoint", NETWORK),
          Map.entry("AWS::EC2::VPCGatewayAttachment", NETWORK));

  /** Of these types, only what the tasks, the load balancer and the targets' function refer to. */
  private static final Set<String> IF_USED =
      Set.of("AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::IAM::Policy");

  private static final Set<String> USERS =
      Set.of(
          "AWS::ECS::TaskDefinition",
          "AWS::ECS::Service",
          "AWS::ElasticLoadBalancingV2::LoadBalancer",
          "AWS::Lambda::Function");

  private Cautions() {}

  /** A line each. */
  static List<String> of(TemplateSet before, TemplateSet after) {
    Map<String, Set<String>> resources = new LinkedHashMap<>();
    for (String stage : Review.union(before.files().keySet(), after.files().keySet())) {
      for (String stack :
          Review.union(
              before.files().getOrDefault(stage, Map.of()).keySet(),
              after.files().getOrDefault(stage, Map.of()).keySet())) {
        if (STACKS.matcher(stack).matches()) {
          add(stack, before.template(stage, stack), after.template(stage, stack), resources);
        }
      }
    }
    return resources.entrySet().stream()
        .map(
            e ->
                e.getKey()
                    .formatted(
                        MarkdownReview.shortly(
                            e.getValue().stream().map(id -> "`" + id + "`").toList())))
        .toList();
  }

  private static void add(
      String stack, JsonNode before, JsonNode after, Map<String, Set<String>> resources) {
    if (before.equals(after)) {
      return;
    }
    Set<String> used = used(before);
    used.addAll(used(after));
    JsonNode then = before.path("Resources");
    JsonNode now = after.path("Resources");
    for (Difference difference :
        Difference.between(before.path("Mappings"), after.path("Mappings"))) {
      resources
          .computeIfAbsent(stack + ": a value of mapping %s", k -> new TreeSet<>())
          .add(difference.place().replaceFirst("^/([^/]*).*", "$1"));
    }
    for (String id : Review.union(names(then), names(now))) {
      JsonNode resource = now.has(id) ? now.path(id) : then.path(id);
      String type = resource.path("Type").asText();
      String read = READ.get(type);
      if (read == null || !matters(id, type, resource.path("Properties"), used)) {
        continue;
      }
      JsonNode was = then.path(id).path("Properties");
      for (Difference difference : Difference.between(was, now.path(id).path("Properties"))) {
        String what = difference.place().isEmpty() ? difference.words() : difference.place();
        if (!what.matches(read)) {
          resources
              .computeIfAbsent(
                  stack
                      + (difference.place().isEmpty()
                          ? ": %s, " + what
                          : ": `" + what.substring(1) + "` of %s"),
                  k -> new TreeSet<>())
              .add(id);
        }
      }
    }
  }

  private static boolean matters(String id, String type, JsonNode properties, Set<String> used) {
    if (type.equals("AWS::Lambda::Function")) {
      return isTargets(properties);
    }
    return !IF_USED.contains(type)
        || used.contains(id)
        || properties
            .path("Roles")
            .valueStream()
            .flatMap(role -> TemplateResources.reference(role).stream())
            .anyMatch(used::contains);
  }

  /** The function that registers the gateway's IPv6 addresses. */
  private static boolean isTargets(JsonNode properties) {
    return properties.at("/Environment/Variables").has("TARGET_GROUP_ARN");
  }

  private static Set<String> used(JsonNode template) {
    Set<String> used = new HashSet<>();
    template
        .path("Resources")
        .valueStream()
        .filter(resource -> USERS.contains(resource.path("Type").asText()))
        .filter(
            resource ->
                !resource.path("Type").asText().equals("AWS::Lambda::Function")
                    || isTargets(resource.path("Properties")))
        .flatMap(
            resource ->
                Stream.concat(
                    resource.findParents("Ref").stream(),
                    resource.findParents("Fn::GetAtt").stream()))
        .forEach(reference -> TemplateResources.reference(reference).ifPresent(used::add));
    return used;
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
