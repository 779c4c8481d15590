package colorteller.deployment;

import colorteller.deployment.LoadBalancer.Check;
import colorteller.deployment.LoadBalancer.TargetGroup;
import colorteller.deployment.SecurityGroup.Peer;
import colorteller.deployment.SecurityGroup.Rule;
import colorteller.deployment.TaskDefinition.Container;
import colorteller.deployment.TaskDefinition.ProxyConfiguration;
import colorteller.mesh.IpFamily;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads what stacks deploy together from their resources, whose properties hold no function any
 * more: a reference to a resource is the resource's id.
 */
final class DeploymentReader {

  private static final String CUSTOM = "Custom::";

  /** Before the name in the ARN of an SSM parameter. */
  private static final String PARAMETER = ":parameter";

  /** ECS's default, in seconds. */
  private static final int STOP_TIMEOUT = 30;

  private static final String DEREGISTRATION_DELAY = "deregistration_delay.timeout_seconds";

  /** Elastic Load Balancing's, in seconds. */
  private static final int DEFAULT_DEREGISTRATION_DELAY = 300;

  private final Map<String, DeployedResource> resources;

  DeploymentReader(Map<String, DeployedResource> resources) {
    this.resources = resources;
  }

  Deployment read() {
    Map<String, DeployedResource> vpcs = all("AWS::EC2::VPC");
    if (vpcs.size() != 1) {
      throw new DeploymentException(
          "these templates have %d VPCs; one is needed".formatted(vpcs.size()));
    }
    Map<String, TargetGroup> targetGroups = new LinkedHashMap<>();
    all("AWS::ElasticLoadBalancingV2::TargetGroup")
        .forEach((id, group) -> targetGroups.put(id, targetGroup(group)));
    return new Deployment(
        vpc(vpcs.values().iterator().next()),
        groups(),
        all("AWS::ECS::Service").values().stream().map(this::service).toList(),
        all("AWS::ElasticLoadBalancingV2::LoadBalancer").entrySet().stream()
            .map(e -> loadBalancer(e.getKey(), e.getValue(), targetGroups))
            .toList(),
        all("AWS::EC2::Instance").values().stream().map(DeploymentReader::instance).toList(),
        parameters(),
        customResources());
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    all("AWS::SSM::Parameter")
        .values()
        .forEach(parameter -> parameters.put(text(parameter, "Name"), text(parameter, "Value")));
    return parameters;
  }

  private List<CustomResource> customResources() {
    return resources.values().stream()
        .filter(resource -> resource.type().startsWith(CUSTOM))
        .map(this::customResource)
        .toList();
  }

  private CustomResource customResource(DeployedResource custom) {
    DeployedResource alias = resource(text(custom, "ServiceToken"), "AWS::Lambda::Alias");
    DeployedResource function = resource(text(alias, "FunctionName"), "AWS::Lambda::Function");
    Map<String, String> environment = new LinkedHashMap<>();
    function
        .properties()
        .at("/Environment/Variables")
        .properties()
        .forEach(variable -> environment.put(variable.getKey(), variable.getValue().asText()));
    return new CustomResource(custom.logicalId(), custom.type(), custom.properties(), environment);
  }

  private Map<String, DeployedResource> all(String type) {
    Map<String, DeployedResource> result = new LinkedHashMap<>();
    resources.forEach(
        (id, resource) -> {
          if (resource.type().equals(type)) {
            result.put(id, resource);
          }
        });
    return result;
  }

  private DeployedResource resource(String id, String type) {
    DeployedResource resource = resources.get(id);
    if (resource == null || !resource.type().equals(type)) {
      throw new DeploymentException("'%s' is no %s of these templates".formatted(id, type));
    }
    return resource;
  }

  private Vpc vpc(DeployedResource vpc) {
    Map<String, Subnet> subnets = new LinkedHashMap<>();
    all("AWS::EC2::Subnet").forEach((id, subnet) -> subnets.put(id, subnet(id, subnet)));
    return new Vpc(text(vpc, "CidrBlock"), subnets);
  }

  private Subnet subnet(String id, DeployedResource subnet) {
    Map<IpFamily, String> cidrs = new EnumMap<>(IpFamily.class);
    cidrs.put(IpFamily.IPV4, text(subnet, "CidrBlock"));
    if (subnet.properties().has("Ipv6CidrBlock")) {
      cidrs.put(IpFamily.IPV6, text(subnet, "Ipv6CidrBlock"));
    }
    Map<IpFamily, Subnet.Way> internet = new EnumMap<>(IpFamily.class);
    Set<String> tables =
        all("AWS::EC2::SubnetRouteTableAssociation").values().stream()
            .filter(association -> text(association, "SubnetId").equals(id))
            .map(association -> text(association, "RouteTableId"))
            .collect(Collectors.toSet());
    all("AWS::EC2::Route").values().stream()
        .map(DeployedResource::properties)
        .filter(route -> tables.contains(route.path("RouteTableId").asText()))
        .forEach(
            route -> {
              Subnet.Way way = route.has("GatewayId") ? Subnet.Way.BOTH : Subnet.Way.OUT;
              if (route.path("DestinationCidrBlock").asText().equals("0.0.0.0/0")) {
                internet.put(IpFamily.IPV4, way);
              }
              if (route.path("DestinationIpv6CidrBlock").asText().equals("::/0")) {
                internet.put(IpFamily.IPV6, way);
              }
            });
    String name =
        subnet
            .properties()
            .path("Tags")
            .valueStream()
            .filter(tag -> tag.path("Key").asText().equals("Name"))
            .map(tag -> tag.path("Value").asText())
            .findFirst()
            .orElse(subnet.logicalId());
    return new Subnet(name, cidrs, internet);
  }

  private Map<String, SecurityGroup> groups() {
    Map<String, List<Rule>> ingress = rules("AWS::EC2::SecurityGroupIngress", "Source");
    Map<String, List<Rule>> egress = rules("AWS::EC2::SecurityGroupEgress", "Destination");
    Map<String, SecurityGroup> groups = new LinkedHashMap<>();
    all("AWS::EC2::SecurityGroup")
        .forEach(
            (id, group) -> {
              List<Rule> in = new ArrayList<>(own(group, "SecurityGroupIngress", "Source"));
              in.addAll(ingress.getOrDefault(id, List.of()));
              List<Rule> out = new ArrayList<>(own(group, "SecurityGroupEgress", "Destination"));
              out.addAll(egress.getOrDefault(id, List.of()));
              if (out.isEmpty()) {
                // EC2's default, which stays until a rule takes its place.
                out.add(new Rule("-1", 0, 65535, new Peer.Cidr("0.0.0.0/0")));
                out.add(new Rule("-1", 0, 65535, new Peer.Cidr("::/0")));
              }
              groups.put(id, new SecurityGroup(List.copyOf(in), List.copyOf(out)));
            });
    return groups;
  }

  private static List<Rule> own(DeployedResource group, String property, String direction) {
    return group
        .properties()
        .path(property)
        .valueStream()
        .map(rule -> rule(rule, direction, group.logicalId()))
        .toList();
  }

  private Map<String, List<Rule>> rules(String type, String direction) {
    Map<String, List<Rule>> result = new HashMap<>();
    for (DeployedResource alone : all(type).values()) {
      result
          .computeIfAbsent(text(alone, "GroupId"), id -> new ArrayList<>())
          .add(rule(alone.properties(), direction, alone.logicalId()));
    }
    return result;
  }

  private static Rule rule(JsonNode rule, String direction, String where) {
    String group = rule.path(direction + "SecurityGroupId").asText();
    String cidr = rule.path("CidrIp").asText(rule.path("CidrIpv6").asText());
    if (group.isEmpty() && cidr.isEmpty()) {
      throw new DeploymentException(
          "%s: a rule has neither CidrIp, CidrIpv6 nor %sSecurityGroupId"
              .formatted(where, direction));
    }
    return new Rule(
        rule.path("IpProtocol").asText(),
        rule.path("FromPort").asInt(0),
        rule.path("ToPort").asInt(65535),
        group.isEmpty() ? new Peer.Cidr(cidr) : new Peer.Group(group));
  }

  private EcsService service(DeployedResource service) {
    JsonNode properties = service.properties();
    JsonNode network = properties.at("/NetworkConfiguration/AwsvpcConfiguration");
    return new EcsService(
        service.logicalId(),
        properties.path("DesiredCount").asInt(1),
        task(resource(text(service, "TaskDefinition"), "AWS::ECS::TaskDefinition")),
        texts(network.path("Subnets")),
        new LinkedHashSet<>(texts(network.path("SecurityGroups"))),
        properties
            .path("ServiceRegistries")
            .valueStream()
            .map(registry -> registry.path("RegistryArn").asText())
            .map(id -> cloudMapService(resource(id, "AWS::ServiceDiscovery::Service")))
            .findFirst(),
        properties
            .path("LoadBalancers")
            .valueStream()
            .map(attached -> attached.path("TargetGroupArn").asText())
            .toList());
  }

  private CloudMapService cloudMapService(DeployedResource service) {
    Map<IpFamily, Duration> records = new EnumMap<>(IpFamily.class);
    service
        .properties()
        .at("/DnsConfig/DnsRecords")
        .forEach(
            record ->
                records.put(
                    record.path("Type").asText().equals("AAAA") ? IpFamily.IPV6 : IpFamily.IPV4,
                    Duration.ofSeconds(record.path("TTL").asLong())));
    DeployedResource namespace =
        resource(
            service
                .properties()
                .path("NamespaceId")
                .asText(service.properties().at("/DnsConfig/NamespaceId").asText()),
            "AWS::ServiceDiscovery::PrivateDnsNamespace");
    return new CloudMapService(text(namespace, "Name"), text(service, "Name"), records);
  }

  private static TaskDefinition task(DeployedResource task) {
    return new TaskDefinition(
        task.properties()
            .path("ContainerDefinitions")
            .valueStream()
            .map(DeploymentReader::container)
            .toList(),
        Optional.of(task.properties().path("ProxyConfiguration"))
            .filter(JsonNode::isObject)
            .map(DeploymentReader::proxy));
  }

  private static Container container(JsonNode container) {
    Map<String, String> environment = new LinkedHashMap<>();
    container
        .path("Environment")
        .forEach(
            variable ->
                environment.put(variable.path("Name").asText(), variable.path("Value").asText()));
    Map<String, String> secrets = new LinkedHashMap<>();
    container
        .path("Secrets")
        .forEach(
            secret ->
                secrets.put(
                    secret.path("Name").asText(), parameter(secret.path("ValueFrom").asText())));
    return new Container(
        container.path("Name").asText(),
        container.path("Image").asText(),
        environment,
        secrets,
        texts(container.at("/HealthCheck/Command")),
        container
            .path("DependsOn")
            .valueStream()
            .filter(on -> on.path("Condition").asText().equals("HEALTHY"))
            .map(on -> on.path("ContainerName").asText())
            .collect(Collectors.toCollection(LinkedHashSet::new)),
        Duration.ofSeconds(container.path("StopTimeout").asInt(STOP_TIMEOUT)));
  }

  /** The name of an SSM parameter; ECS takes its ARN as well. */
  private static String parameter(String nameOrArn) {
    int name = nameOrArn.indexOf(PARAMETER);
    return name < 0 ? nameOrArn : nameOrArn.substring(name + PARAMETER.length());
  }

  private static ProxyConfiguration proxy(JsonNode proxy) {
    Map<String, String> settings = new HashMap<>();
    proxy
        .path("ProxyConfigurationProperties")
        .forEach(
            setting -> settings.put(setting.path("Name").asText(), setting.path("Value").asText()));
    return new ProxyConfiguration(
        proxy.path("ContainerName").asText(),
        number(settings, "ProxyIngressPort"),
        number(settings, "ProxyEgressPort"),
        list(settings, "AppPorts")
            .map(Integer::valueOf)
            .collect(Collectors.toCollection(TreeSet::new)),
        list(settings, "EgressIgnoredIPs").toList(),
        number(settings, "IgnoredUID"));
  }

  private static int number(Map<String, String> settings, String name) {
    return Integer.parseInt(
        Optional.ofNullable(settings.get(name))
            .orElseThrow(() -> new DeploymentException("a ProxyConfiguration has no " + name)));
  }

  private static Stream<String> list(Map<String, String> settings, String name) {
    return Arrays.stream(settings.getOrDefault(name, "").split(","))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  private LoadBalancer loadBalancer(
      String id, DeployedResource loadBalancer, Map<String, TargetGroup> targetGroups) {
    Map<Integer, String> listeners = new TreeMap<>();
    Map<String, TargetGroup> behind = new LinkedHashMap<>();
    all("AWS::ElasticLoadBalancingV2::Listener").values().stream()
        .map(DeployedResource::properties)
        .filter(listener -> listener.path("LoadBalancerArn").asText().equals(id))
        .forEach(
            listener -> {
              String group = listener.at("/DefaultActions/0/TargetGroupArn").asText();
              listeners.put(listener.path("Port").asInt(), group);
              behind.put(
                  group, Objects.requireNonNull(targetGroups.get(group), "target group " + group));
            });
    return new LoadBalancer(
        loadBalancer.logicalId(),
        loadBalancer.properties().path("IpAddressType").asText("ipv4").startsWith("dualstack")
            ? IpFamily.dual()
            : EnumSet.of(IpFamily.IPV4),
        texts(loadBalancer.properties().path("Subnets")),
        new LinkedHashSet<>(texts(loadBalancer.properties().path("SecurityGroups"))),
        listeners,
        behind);
  }

  private static TargetGroup targetGroup(DeployedResource group) {
    JsonNode properties = group.properties();
    if (!properties.path("TargetType").asText().equals("ip")) {
      throw new DeploymentException(
          "%s: TargetType '%s' is not read; allowed is ip"
              .formatted(group.logicalId(), properties.path("TargetType").asText("instance")));
    }
    return new TargetGroup(
        properties.path("Name").asText(group.logicalId()),
        properties.path("IpAddressType").asText("ipv4").equals("ipv6")
            ? IpFamily.IPV6
            : IpFamily.IPV4,
        properties.path("Port").asInt(),
        new Check(
            properties.path("HealthCheckPath").asText("/"),
            codes(properties.at("/Matcher/HttpCode").asText("200")),
            Duration.ofSeconds(properties.path("HealthCheckIntervalSeconds").asInt(30)),
            Duration.ofSeconds(properties.path("HealthCheckTimeoutSeconds").asInt(5)),
            properties.path("HealthyThresholdCount").asInt(5),
            properties.path("UnhealthyThresholdCount").asInt(2)),
        Duration.ofSeconds(
            properties
                .path("TargetGroupAttributes")
                .valueStream()
                .filter(a -> a.path("Key").asText().equals(DEREGISTRATION_DELAY))
                .map(attribute -> attribute.path("Value").asInt())
                .findFirst()
                .orElse(DEFAULT_DEREGISTRATION_DELAY)));
  }

  /** Elastic Load Balancing's spelling: {@code 200,404} or {@code 200-299}. */
  private static Set<Integer> codes(String text) {
    Set<Integer> codes = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      String[] range = part.strip().split("-", -1);
      for (int code = Integer.parseInt(range[0]);
          code <= Integer.parseInt(range[range.length - 1]);
          code++) {
        codes.add(code);
      }
    }
    return codes;
  }

  private static Instance instance(DeployedResource instance) {
    JsonNode properties = instance.properties();
    JsonNode own = properties.at("/NetworkInterfaces/0");
    return new Instance(
        instance.logicalId(),
        properties.path("SubnetId").asText(own.path("SubnetId").asText()),
        new LinkedHashSet<>(
            texts(
                own.has("GroupSet") ? own.path("GroupSet") : properties.path("SecurityGroupIds"))));
  }

  private static String text(DeployedResource resource, String property) {
    JsonNode value = resource.properties().path(property);
    if (!value.isValueNode()) {
      throw new DeploymentException("%s has no %s".formatted(resource.logicalId(), property));
    }
    return value.asText();
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asText).toList();
  }
}
