package colorteller.mesh.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The properties of App Mesh's resource types, and which of them are translated.
 *
 * <p>Source: CloudFormation's resource specification of {@code AWS::AppMesh}.
 */
final class AppMeshSchema {

  /** Marks: {@code !} required, {@code []} a list, {@code -} not translated yet, {@code *} any. */
  private static final String TABLE =
      """
      AWS::AppMesh::Mesh
        MeshName
        Spec
          EgressFilter
            Type !
          ServiceDiscovery
            IpPreference
        Tags *
      AWS::AppMesh::VirtualGateway
        MeshName !
        VirtualGatewayName
        MeshOwner -
        Spec !
          BackendDefaults -
          Listeners [] !
            ConnectionPool -
            HealthCheck
              HealthyThreshold !
              IntervalMillis !
              Path
              Port
              Protocol !
              TimeoutMillis !
              UnhealthyThreshold !
            PortMapping !
              Port !
              Protocol !
            TLS -
          Logging -
        Tags *
      AWS::AppMesh::GatewayRoute
        MeshName !
        VirtualGatewayName !
        GatewayRouteName
        MeshOwner -
        Spec !
          GrpcRoute -
          Http2Route -
          HttpRoute
            Action !
              Rewrite -
              Target !
                Port -
                VirtualService !
                  VirtualServiceName !
            Match !
              Headers -
              Hostname -
              Method -
              Path -
              Port -
              Prefix
              QueryParameters -
          Priority -
        Tags *
      AWS::AppMesh::VirtualService
        MeshName !
        VirtualServiceName !
        MeshOwner -
        Spec !
          Provider
            VirtualNode
              VirtualNodeName !
            VirtualRouter
              VirtualRouterName !
        Tags *
      AWS::AppMesh::VirtualRouter
        MeshName !
        VirtualRouterName
        MeshOwner -
        Spec !
          Listeners [] !
            PortMapping !
              Port !
              Protocol !
        Tags *
      AWS::AppMesh::Route
        MeshName !
        VirtualRouterName !
        RouteName
        MeshOwner -
        Spec !
          GrpcRoute -
          Http2Route -
          HttpRoute
            Action !
              WeightedTargets [] !
                Port -
                VirtualNode !
                Weight !
            Match !
              Headers -
              Method -
              Path -
              Port -
              Prefix
              QueryParameters -
              Scheme -
            RetryPolicy -
            Timeout -
          Priority
          TcpRoute -
        Tags *
      AWS::AppMesh::VirtualNode
        MeshName !
        VirtualNodeName
        MeshOwner -
        Spec !
          BackendDefaults -
          Backends []
            VirtualService
              ClientPolicy -
              VirtualServiceName !
          Listeners []
            ConnectionPool -
            HealthCheck
              HealthyThreshold !
              IntervalMillis !
              Path
              Port
              Protocol !
              TimeoutMillis !
              UnhealthyThreshold !
            OutlierDetection -
            PortMapping !
              Port !
              Protocol !
            TLS -
            Timeout -
          Logging -
          ServiceDiscovery
            AWSCloudMap
              Attributes -
              IpPreference
              NamespaceName !
              ServiceName !
            DNS
              Hostname !
              IpPreference
              ResponseType
        Tags *
      """;

  /** What a property's value means for a mesh. */
  enum Meaning {
    TRANSLATED,
    NOT_YET,
    NONE
  }

  /**
   * A property.
   *
   * @param required whether App Mesh asks for it
   * @param list whether it is a list of what the children describe
   * @param children the properties of an object; empty for text and numbers
   */
  record Property(
      Meaning meaning, boolean required, boolean list, Map<String, Property> children) {}

  private static final Map<String, Property> TYPES = parse();

  private AppMeshSchema() {}

  private static Map<String, Property> parse() {
    Map<String, Property> types = new LinkedHashMap<>();
    Deque<Map<String, Property>> open = new ArrayDeque<>(List.of(types));
    for (String line : TABLE.lines().toList()) {
      int depth = (line.length() - line.stripLeading().length()) / 2;
      while (open.size() > depth + 1) {
        open.pop();
      }
      List<String> words = List.of(line.strip().split(" "));
      Property property =
          new Property(
              words.contains("-")
                  ? Meaning.NOT_YET
                  : words.contains("*") ? Meaning.NONE : Meaning.TRANSLATED,
              words.contains("!"),
              words.contains("[]"),
              new LinkedHashMap<>());
      open.element().put(words.get(0), property);
      open.push(property.children());
    }
    return types;
  }

  /** Whether a CloudFormation type is one of App Mesh's. */
  static boolean has(String type) {
    return TYPES.containsKey(type);
  }

  static List<String> types() {
    return List.copyOf(TYPES.keySet());
  }

  /** The properties of a type. */
  static Property properties(String type) {
    return Objects.requireNonNull(TYPES.get(type), type);
  }

  /** The properties that name a resource and what it belongs to, as its ARN lists them. */
  static List<String> nameProperties(String type) {
    List<String> names = new ArrayList<>();
    properties(type).children().keySet().stream()
        .filter(property -> property.endsWith("Name"))
        .forEach(names::add);
    return names;
  }

  /** The property that names a resource itself. */
  static String nameProperty(String type) {
    List<String> names = nameProperties(type);
    return names.get(names.size() - 1);
  }
}
