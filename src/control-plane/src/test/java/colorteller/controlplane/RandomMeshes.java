package colorteller.controlplane;

import colorteller.mesh.template.MeshReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Templates of a mesh with anything in it that App Mesh's schema allows. What only words say, not
 * the schema (names that refer to something, paths that begin with a slash), is made right after.
 */
public final class RandomMeshes {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MOST = 3;

  /** What a text is, by the end of its property's path; the first that fits counts. */
  private static final Map<String, Arbitrary<String>> TEXTS = new LinkedHashMap<>();

  static {
    Arbitrary<String> path = Arbitraries.of("/", "/a", "/a/", "/a/b", "/v1", "/x-y_z.~");
    Arbitrary<String> regex = Arbitraries.of("a+", "/v[0-9]+/.*", "(a|b){1,3}x?", ".*", "\\d+");
    Arbitrary<String> host = Arbitraries.of("a", "a.local", "b-c.example.com", ".example.com");
    Arbitrary<String> token = Arbitraries.of("x-a", "X-B", "color", "grpc-meta", "a_b");
    Arbitrary<String> format =
        Arbitraries.of("%START_TIME%\n", "%REQ(:path)% %RESPONSE_CODE%", "plain");
    Arbitrary<String> file = Arbitraries.of("/keys/a.pem", "/keys/b.pem", "/dev/stdout");
    TEXTS.put("VirtualNode.VirtualNodeName", name("node"));
    TEXTS.put("WeightedTargets.VirtualNode", name("node"));
    TEXTS.put("VirtualRouter.VirtualRouterName", name("router"));
    TEXTS.put("VirtualServiceName", name("service"));
    TEXTS.put("Match.Prefix", path);
    TEXTS.put("Path.Exact", path);
    TEXTS.put("Prefix.Value", path);
    TEXTS.put("HealthCheck.Path", path);
    TEXTS.put("Regex", regex);
    TEXTS.put("Hostname.Exact", host);
    TEXTS.put("Hostname.Suffix", host);
    TEXTS.put("DNS.Hostname", Arbitraries.of("a.local", "b.local"));
    TEXTS.put("Headers.Name", token);
    TEXTS.put("Metadata.Name", token);
    TEXTS.put("QueryParameters.Name", token);
    TEXTS.put("Match.ServiceName", Arbitraries.of("a.B", "C"));
    TEXTS.put("MethodName", Arbitraries.of("Get", "Put"));
    TEXTS.put("Format.Text", format);
    TEXTS.put("Json.Value", format);
    TEXTS.put("CertificateChain", file);
    TEXTS.put("PrivateKey", file);
    TEXTS.put("File.Path", file);
    TEXTS.put("HttpRetryEvents", Arbitraries.of("server-error", "gateway-error", "stream-error"));
  }

  private static final JsonNode TYPES = types();

  private RandomMeshes() {}

  private static JsonNode types() {
    try (InputStream schema =
        Objects.requireNonNull(MeshReader.class.getResourceAsStream("app-mesh.schema.json"))) {
      return new ObjectMapper().readTree(schema).path("$defs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Arbitrary<String> name(String kind) {
    return Arbitraries.integers().between(0, MOST - 1).map(i -> kind + i);
  }

  /** Templates that App Mesh would take. */
  public static Arbitrary<ObjectNode> valid() {
    return Combinators.combine(
            spec("Mesh").list().ofSize(1),
            spec("VirtualNode").list().ofSize(MOST),
            spec("VirtualRouter").list().ofSize(MOST),
            spec("VirtualService").list().ofSize(MOST),
            spec("VirtualGateway").list().ofMaxSize(2),
            spec("Route").list().ofMaxSize(6),
            spec("GatewayRoute").list().ofMaxSize(4))
        .as(
            (mesh, nodes, routers, services, gateways, routes, gatewayRoutes) -> {
              ObjectNode template = NODES.objectNode();
              ObjectNode resources = template.putObject("Resources");
              add(resources, "Mesh", mesh, "MeshName", "");
              add(resources, "VirtualNode", nodes, "VirtualNodeName", "node");
              add(resources, "VirtualRouter", routers, "VirtualRouterName", "router");
              add(resources, "VirtualService", services, "VirtualServiceName", "service");
              add(resources, "VirtualGateway", gateways, "VirtualGatewayName", "gateway");
              add(resources, "Route", routes, "RouteName", "route");
              if (!gateways.isEmpty()) {
                add(resources, "GatewayRoute", gatewayRoutes, "GatewayRouteName", "way");
              }
              Repairs.repair(resources, gateways.size());
              return template;
            });
  }

  private static void add(
      ObjectNode resources, String type, List<JsonNode> specs, String property, String name) {
    for (int i = 0; i < specs.size(); i++) {
      ObjectNode resource = resources.putObject(type + i);
      resource.put("Type", "AWS::AppMesh::" + type);
      ObjectNode properties = resource.putObject("Properties");
      properties.put("MeshName", "mesh");
      if (!type.equals("Mesh")) {
        properties.put(property, name + i);
      }
      if (type.equals("Route")) {
        properties.put("VirtualRouterName", "router" + i % MOST);
      }
      properties.set("Spec", specs.get(i));
    }
  }

  private static Arbitrary<JsonNode> spec(String type) {
    return any(TYPES.at("/AWS::AppMesh::" + type + "/properties/Spec"), "Spec");
  }

  private static Arbitrary<JsonNode> any(JsonNode schema, String path) {
    return switch (schema.path("type").asText()) {
      case "object" -> object(schema, path);
      case "array" -> {
        int least = schema.path("minItems").asInt();
        yield any(schema.path("items"), path)
            .list()
            .ofMinSize(least)
            .ofMaxSize(Math.max(least, Math.min(MOST, schema.path("maxItems").asInt(MOST))))
            .map(elements -> NODES.arrayNode().addAll(elements));
      }
      case "boolean" -> Arbitraries.of(true, false).map(NODES::booleanNode);
      case "integer" ->
          Arbitraries.longs()
              .between(
                  schema.path("minimum").asLong(),
                  // Longer than 100 years is refused.
                  path.endsWith("Value") ? 3_000_000_000L : schema.path("maximum").asLong())
              .map(NODES::numberNode);
      default -> text(schema, path).map(NODES::textNode);
    };
  }

  private static Arbitrary<JsonNode> object(JsonNode schema, String path) {
    List<String> names = new ArrayList<>();
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    if (schema.has("maxProperties")) {
      return Arbitraries.of(names)
          .flatMap(
              name ->
                  any(schema.path("properties").path(name), path + "." + name)
                      .map(value -> NODES.objectNode().set(name, value)));
    }
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    List<Arbitrary<Optional<JsonNode>>> values = new ArrayList<>();
    for (String name : names) {
      Arbitrary<JsonNode> value = any(schema.path("properties").path(name), path + "." + name);
      values.add(required.contains(name) ? value.map(Optional::of) : value.optional(0.5));
    }
    return Combinators.combine(values)
        .as(
            given -> {
              ObjectNode object = NODES.objectNode();
              IntStream.range(0, names.size())
                  .forEach(i -> given.get(i).ifPresent(v -> object.set(names.get(i), v)));
              return object;
            });
  }

  private static Arbitrary<String> text(JsonNode schema, String path) {
    if (schema.has("enum")) {
      List<String> words = new ArrayList<>();
      schema.path("enum").forEach(word -> words.add(word.asText()));
      return Arbitraries.of(words);
    }
    for (Map.Entry<String, Arbitrary<String>> entry : TEXTS.entrySet()) {
      if (path.endsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    return Arbitraries.strings()
        .withCharRange('!', '~')
        .ofMinLength(Math.max(1, schema.path("minLength").asInt()))
        .ofMaxLength(Math.min(20, schema.path("maxLength").asInt(20)))
        // Dynamic references are CloudFormation's.
        .map(text -> text.replace('{', '('));
  }

  /** A template with something else in place of one value. */
  static Arbitrary<ObjectNode> mutated() {
    Arbitrary<JsonNode> other =
        Arbitraries.of(
            NODES.textNode(""),
            NODES.textNode("x y"),
            NODES.textNode("\u0000\n"),
            NODES.textNode("http"),
            NODES.textNode("a".repeat(2000)),
            NODES.numberNode(-1),
            NODES.numberNode(Long.MAX_VALUE),
            NODES.booleanNode(true),
            NODES.nullNode(),
            NODES.objectNode(),
            NODES.arrayNode(),
            NODES.objectNode().put("Ref", "Nobody"),
            NODES.objectNode().put("Ref", "AWS::NoValue"));
    return Combinators.combine(valid(), Arbitraries.integers().between(0, 100_000), other)
        .as(
            (template, place, value) -> {
              List<Runnable> changes = new ArrayList<>();
              places(template.path("Resources"), value, changes);
              changes.get(place % changes.size()).run();
              return template;
            });
  }

  private static void places(JsonNode node, JsonNode value, List<Runnable> changes) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              member -> {
                changes.add(() -> object.set(member.getKey(), value));
                places(member.getValue(), value, changes);
              });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int index = i;
        changes.add(() -> array.set(index, value));
        places(array.get(i), value, changes);
      }
    }
  }
}
