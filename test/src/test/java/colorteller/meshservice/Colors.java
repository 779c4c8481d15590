package colorteller.meshservice;

import colorteller.acceptance.Moto;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * A mesh as a deployment leaves it behind in AWS: a document that an SSM parameter points at, and
 * Cloud Map services. Its gateway sends {@code /red} to node red, and so on.
 */
final class Colors implements AutoCloseable {

  static final String REGION = "eu-west-1";
  private static final String BUCKET = "documents";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String mesh = "mesh-" + UUID.randomUUID();
  private final S3Client s3;
  private final SsmClient ssm;
  private final ServiceDiscoveryClient cloudMap;
  private final Map<String, String> services = new LinkedHashMap<>();
  private final Set<Map.Entry<String, String>> registered = new LinkedHashSet<>();

  Colors(Moto moto, List<String> colors) throws Exception {
    s3 = moto.client(S3Client.builder().forcePathStyle(true), REGION);
    ssm = moto.client(SsmClient.builder(), REGION);
    cloudMap = moto.client(ServiceDiscoveryClient.builder(), REGION);
    if (s3.listBuckets().buckets().isEmpty()) {
      s3.createBucket(
          call ->
              call.bucket(BUCKET)
                  .createBucketConfiguration(where -> where.locationConstraint(REGION)));
    }
    cloudMap.createHttpNamespace(call -> call.name(mesh));
    String namespace =
        cloudMap.listNamespaces().namespaces().stream()
            .filter(candidate -> candidate.name().equals(mesh))
            .findFirst()
            .orElseThrow()
            .id();
    for (String color : colors) {
      Service service =
          cloudMap.createService(call -> call.name(color).namespaceId(namespace)).service();
      services.put(color, service.id());
    }
  }

  String name() {
    return mesh;
  }

  /**
   * Nothing of it is found any more. moto lists the services of all namespaces, so what one mesh
   * leaves, another would take for its own.
   */
  @Override
  public void close() {
    List.copyOf(registered).forEach(one -> deregister(one.getKey(), one.getValue()));
  }

  /** The SSM parameter. */
  String parameter() {
    return "/meshes/" + mesh;
  }

  String gatewayId() {
    return "mesh/" + mesh + "/virtualGateway/gateway";
  }

  void register(String color, String instance, Map<String, String> attributes) {
    cloudMap.registerInstance(
        call -> call.serviceId(services.get(color)).instanceId(instance).attributes(attributes));
    registered.add(Map.entry(color, instance));
  }

  /** Of an instance that was registered twice, moto has two. */
  void deregister(String color, String instance) {
    String service = services.get(color);
    while (cloudMap.listInstances(call -> call.serviceId(service)).instances().stream()
        .anyMatch(one -> one.id().equals(instance))) {
      cloudMap.deregisterInstance(call -> call.serviceId(service).instanceId(instance));
    }
    registered.remove(Map.entry(color, instance));
  }

  /** Deploys another document: the ports of the nodes by their colours. */
  void deploy(int gatewayPort, Map<String, Integer> nodes) throws Exception {
    deploy(template(gatewayPort, nodes, ""));
  }

  /** The same with an IP preference of the mesh. */
  void deploy(int gatewayPort, Map<String, Integer> nodes, String preference) throws Exception {
    deploy(
        template(
            gatewayPort,
            nodes,
            "\"ServiceDiscovery\": {\"IpPreference\": \"%s\"}".formatted(preference)));
  }

  void deploy(String template) throws Exception {
    deployAs(mesh, template);
  }

  /** The same mesh, but for its name: that of the mesh, and those of its proxies. */
  void deployAs(String name, int gatewayPort, Map<String, Integer> nodes) throws Exception {
    deployAs(name, template(gatewayPort, nodes, ""));
  }

  private void deployAs(String name, String template) throws Exception {
    String key = UUID.randomUUID() + ".json";
    s3.putObject(call -> call.bucket(BUCKET).key(key), RequestBody.fromString(template));
    point(
        JSON.createObjectNode()
            .put("template", "s3://" + BUCKET + "/" + key)
            .set("parameters", JSON.createObjectNode().put("MeshName", name))
            .toString());
  }

  /** What the SSM parameter says. */
  String pointer() {
    return ssm.getParameter(call -> call.name(parameter())).parameter().value();
  }

  /** Lets the SSM parameter say something else. */
  void point(String document) {
    ssm.putParameter(
        call -> call.name(parameter()).value(document).type(ParameterType.STRING).overwrite(true));
  }

  private String template(int gatewayPort, Map<String, Integer> nodes, String spec)
      throws Exception {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("Parameters").putObject("MeshName").put("Type", "String");
    ObjectNode resources = root.putObject("Resources");
    add(resources, "Mesh", "Mesh", "{\"Spec\": {%s}}".formatted(spec));
    add(
        resources,
        "Gateway",
        "VirtualGateway",
        """
        {"VirtualGatewayName": "gateway",
         "Spec": {"Listeners": [{"PortMapping": {"Port": %d, "Protocol": "http"}}]}}
        """
            .formatted(gatewayPort));
    for (Map.Entry<String, Integer> node : nodes.entrySet()) {
      String color = node.getKey();
      add(
          resources,
          color + "Route",
          "GatewayRoute",
          """
          {"VirtualGatewayName": "gateway", "GatewayRouteName": "%1$s",
           "Spec": {"HttpRoute": {"Match": {"Prefix": "/%1$s"}, "Action": {"Target":
             {"VirtualService": {"VirtualServiceName": "%1$s.test"}}}}}}
          """
              .formatted(color));
      add(
          resources,
          color + "Service",
          "VirtualService",
          """
          {"VirtualServiceName": "%1$s.test",
           "Spec": {"Provider": {"VirtualNode": {"VirtualNodeName": "%1$s"}}}}
          """
              .formatted(color));
      add(
          resources,
          color + "Node",
          "VirtualNode",
          """
          {"VirtualNodeName": "%1$s",
           "Spec": {"Listeners": [{"PortMapping": {"Port": %2$d, "Protocol": "http"}}],
             "ServiceDiscovery": {"AWSCloudMap": {"NamespaceName": "%3$s", "ServiceName": "%1$s"}}}}
          """
              .formatted(color, node.getValue(), mesh));
    }
    return root.toString();
  }

  private static void add(ObjectNode resources, String id, String type, String properties)
      throws Exception {
    ObjectNode read = (ObjectNode) JSON.readTree(properties);
    read.putObject("MeshName").put("Ref", "MeshName");
    resources.putObject(id).put("Type", "AWS::AppMesh::" + type).set("Properties", read);
  }
}
