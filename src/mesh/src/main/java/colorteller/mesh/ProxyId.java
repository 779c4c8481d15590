package colorteller.mesh;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One Envoy of a mesh: the virtual gateway or virtual node that it is. Its text, such as {@code
 * mesh/M/virtualNode/N}, is what a task tells its Envoy in {@code APPMESH_RESOURCE_ARN}, and the
 * Envoy's node id.
 *
 * @param mesh the mesh's name
 * @param kind what it is in the mesh
 * @param name the virtual gateway's or virtual node's name
 */
public record ProxyId(String mesh, Kind kind, String name) {

  /** What an Envoy can be in a mesh. */
  public enum Kind {
    VIRTUAL_GATEWAY("virtualGateway"),
    VIRTUAL_NODE("virtualNode");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  private static final Pattern TEXT =
      Pattern.compile("(?:arn:[^/]*:)?mesh/([^/]+)/([^/]+)/([^/]+)");

  public static ProxyId of(Mesh mesh, VirtualGateway gateway) {
    return new ProxyId(mesh.name(), Kind.VIRTUAL_GATEWAY, gateway.name());
  }

  public static ProxyId of(Mesh mesh, VirtualNode node) {
    return new ProxyId(mesh.name(), Kind.VIRTUAL_NODE, node.name());
  }

  /** Reads {@link #toString}, or an ARN that ends with it; empty for any other text. */
  public static Optional<ProxyId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Stream.of(Kind.values())
        .filter(kind -> kind.word.equals(matcher.group(2)))
        .map(kind -> new ProxyId(matcher.group(1), kind, matcher.group(3)))
        .findFirst();
  }

  @Override
  public String toString() {
    return "mesh/%s/%s/%s".formatted(mesh, kind.word, name);
  }
}
