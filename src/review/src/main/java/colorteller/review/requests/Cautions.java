package colorteller.review.requests;

import static java.util.Map.entry;

import colorteller.mesh.TaskPromise;
import colorteller.mesh.template.References;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.Difference;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Changes that requests may feel, and of which templates do not tell how: an image, a role, a route
 * of the VPC.
 */
public final class Cautions {

  private static final Pattern STACKS =
      Pattern.compile(".*-(vpc|ecs-cluster|ecs-service|mesh|control-plane)");

  /** A resource of which all but its tags matters. */
  private static final String TAGS = "/Tags.*";

  /**
   * By type, the places of a resource that {@link RequestPath} reads, or that no request needs; any
   * other is a caution. Types that are not here are not on a request's way.
   */
  private static final Map<String, String> READ =
      Map.ofEntries(
          entry(
              "AWS::ECS::TaskDefinition",
              "new|gone|/(Family|Tags|ProxyConfiguration|ContainerDefinitions/[^/]+/(LogConfiguration|Name"
                  + "|PortMappings|Environment/(%s))).*"
                      .formatted(String.join("|", TaskPromise.SETTINGS))),
          entry(
              "AWS::ECS::Service",
              "new|gone|/(DesiredCount|ServiceRegistries|LoadBalancers|TaskDefinition|Tags"
                  + "|EnableECSManagedTags|NetworkConfiguration/AwsvpcConfiguration/SecurityGroups).*"),
          entry(
              "AWS::ServiceDiscovery::Service",
              "new|gone|/(Name|NamespaceId|DnsConfig/NamespaceId|DnsConfig/DnsRecords(/\\d+(/Type)?)?)"),
          entry("AWS::ServiceDiscovery::PrivateDnsNamespace", "new|gone|/(Name|Tags).*"),
          entry(
              "AWS::ElasticLoadBalancingV2::Listener",
              "new|gone|/(Port|Protocol|LoadBalancerArn|DefaultActions).*"),
          entry(
              "AWS::ElasticLoadBalancingV2::TargetGroup", "new|gone|/(Name|IpAddressType|Tags).*"),
          entry(
              "AWS::ElasticLoadBalancingV2::LoadBalancer",
              "new|gone|/(Name|Scheme|IpAddressType|SecurityGroups|Tags).*"),
          entry("AWS::EC2::SecurityGroup", "new|gone|/(Group.*|Tags|SecurityGroupIngress).*"),
          entry(
              "AWS::Lambda::Function",
              "new|gone|/Environment/.*|/(Code|LoggingConfig|Tags|Description).*"),
          entry("AWS::Lambda::Permission", TAGS),
          entry("AWS::Events::Rule", "/Description"),
          entry("AWS::IAM::Role", "new|gone|/Tags.*"),
          entry("AWS::IAM::Policy", "/PolicyName"),
          entry("AWS::Logs::LogGroup", "new|/RetentionInDays"),
          entry("AWS::ECS::Cluster", "new|/Tags.*"),
          entry("AWS::AppMesh::VirtualGateway", "(?!.*HealthCheck).*"),
          entry("AWS::AppMesh::VirtualNode", "(?!.*HealthCheck).*"),
          entry("AWS::EC2::EIP", TAGS),
          entry("AWS::EC2::EgressOnlyInternetGateway", TAGS),
          entry("AWS::EC2::InternetGateway", TAGS),
          entry("AWS::EC2::NatGateway", TAGS),
          entry("AWS::EC2::NetworkAcl", TAGS),
          entry("AWS::EC2::NetworkAclEntry", TAGS),
          entry("AWS::EC2::Route", TAGS),
          entry("AWS::EC2::RouteTable", TAGS),
          entry("AWS::EC2::Subnet", TAGS),
          entry("AWS::EC2::SubnetNetworkAclAssociation", TAGS),
          entry("AWS::EC2::SubnetRouteTableAssociation", TAGS),
          entry("AWS::EC2::VPC", TAGS),
          entry("AWS::EC2::VPCCidrBlock", TAGS),
          entry("AWS::EC2::VPCEndpoint", TAGS),
          entry("AWS::EC2::VPCGatewayAttachment", TAGS));

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
  public static List<String> of(List<ChangedTemplate> changed) {
    Set<String> lines = new LinkedHashSet<>();
    for (ChangedTemplate change : changed) {
      if (STACKS.matcher(change.stack()).matches()) {
        places(change.before(), change.after())
            .forEach(
                (places, ids) -> {
                  String line = ": " + code(ids) + ": " + String.join(", ", places);
                  if (!lines.contains(change.stack() + line)) {
                    lines.add(change.stack() + Backend.of(change.stage()) + line);
                  }
                });
      }
    }
    return List.copyOf(lines);
  }

  private static String code(List<String> ids) {
    return shortly(ids.stream().map(id -> "`" + id + "`").toList());
  }

  /** The first, and how many more. */
  public static String shortly(Collection<String> names) {
    String first = names.iterator().next();
    return names.size() == 1 ? first : "%s and %d more".formatted(first, names.size() - 1);
  }

  /** The resources, by what changes in them. */
  private static Map<Set<String>, List<String>> places(JsonNode before, JsonNode after) {
    Map<Set<String>, List<String>> resources = new LinkedHashMap<>();
    if (!before.path("Mappings").equals(after.path("Mappings"))) {
      resources.put(Set.of("some of its values"), List.of("Mappings"));
    }
    Set<String> used = used(before);
    used.addAll(used(after));
    JsonNode then = before.path("Resources");
    JsonNode now = after.path("Resources");
    for (String id : TemplateSet.union(names(then), names(now))) {
      JsonNode resource = now.has(id) ? now.path(id) : then.path(id);
      String read = READ.get(resource.path("Type").asText());
      if (read != null && matters(id, resource, used)) {
        Set<String> places = new TreeSet<>();
        for (Difference difference :
            Difference.between(then.path(id).path("Properties"), now.path(id).path("Properties"))) {
          String place = difference.place().isEmpty() ? difference.words() : difference.place();
          if (!place.matches(read)) {
            // Statements have no names, and Security has them.
            places.add(
                place.startsWith("/")
                    ? "`" + place.substring(1).replaceFirst("(PolicyDocument)/.*", "$1") + "`"
                    : place);
          }
        }
        if (!places.isEmpty()) {
          resources.computeIfAbsent(places, p -> new ArrayList<>()).add(id);
        }
      }
    }
    return resources;
  }

  private static boolean matters(String id, JsonNode resource, Set<String> used) {
    String type = resource.path("Type").asText();
    JsonNode properties = resource.path("Properties");
    if (type.equals("AWS::Lambda::Function")) {
      return isTargets(properties);
    }
    return !IF_USED.contains(type)
        || used.contains(id)
        || properties
            .path("Roles")
            .valueStream()
            .flatMap(role -> References.to(role).stream())
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
        .forEach(resource -> used.addAll(References.in(resource)));
    return used;
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
