package colorteller.vpc;

import colorteller.account.Account;
import colorteller.controlplane.Names;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.controlplane.WithoutRedirection;
import colorteller.controlplane.ads.ProxyStatus;
import colorteller.local.ControlPlane;
import colorteller.local.MeshFailure;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.template.MeshPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The control plane that the stacks deploy: tasks of its own, which read documents from the
 * account. A stage is put into force as a deployment does it: another object in the bucket, and a
 * pointer that names it.
 */
final class DeployedControlPlane implements ControlPlane {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Twice Envoy's own time from one look-up to the next, and a bit. */
  private static final Duration LOOK_UP_LIMIT = Duration.ofSeconds(15);

  private static final long LOOK_NANOS = 50_000_000;

  private final VpcNetwork network;
  private final Account account;
  private final Map<String, String> pointers;
  private final Map<String, String> documents;
  private String pointer = "";
  private @Nullable StageDocument document;
  private Map<ProxyId, String> wanted = Map.of();

  /**
   * Nothing is deployed yet.
   *
   * @param pointers the SSM parameters that point at documents, by their names
   * @param documents their texts, by their keys in S3
   */
  DeployedControlPlane(
      VpcNetwork network,
      Account account,
      Map<String, String> pointers,
      Map<String, String> documents) {
    this.network = network;
    this.account = account;
    this.pointers = pointers;
    this.documents = documents;
  }

  /** Deploys the documents of all meshes; those that are not of this mesh stay as they are. */
  @Override
  public void start(Mesh mesh) throws IOException {
    for (Map.Entry<String, String> parameter : pointers.entrySet()) {
      MeshPointer points = MeshPointer.parse(parameter.getKey(), parameter.getValue());
      String text = Objects.requireNonNull(documents.get(points.key()), points.key());
      account.putObject(points.bucket(), points.key(), text);
      if (points.mesh(text).name().equals(mesh.name())) {
        pointer = parameter.getKey();
        document = new StageDocument(text).withAccessLogs(network::accessLog);
      }
    }
    network.startAll();
    // Envoys that started before a node was registered ask for it again, in their own time.
    network.envoys().awaitLookedUp(lookingUp(mesh), LOOK_UP_LIMIT);
  }

  /** The clusters that look a node's host name up. */
  private static List<String> lookingUp(Mesh mesh) {
    return mesh.nodes().values().stream()
        .filter(node -> node.serviceDiscovery().orElse(null) instanceof ServiceDiscovery.Dns)
        .map(node -> Names.egressCluster(mesh, node))
        .toList();
  }

  @Override
  public Map<ProxyId, ProxyResources> give(Mesh stage) {
    String value = Objects.requireNonNull(pointers.get(pointer), "no document of " + stage.name());
    MeshPointer before = MeshPointer.parse(pointer, value);
    String text = Objects.requireNonNull(document).withPreferencesOf(stage).text();
    String key = sha256(text) + ".json";
    account.putObject(before.bucket(), key, text);
    account.putParameter(pointer, pointingAt(value, "s3://%s/%s".formatted(before.bucket(), key)));
    Mesh deployed = before.mesh(text);
    Map<ProxyId, ProxyResources> resources =
        new Translator(deployed, new WithoutRedirection(deployed), network.instances(deployed))
            .proxies();
    Map<ProxyId, String> versions = new HashMap<>();
    resources.forEach((proxy, own) -> versions.put(proxy, ProxyStatus.version(own)));
    wanted = versions;
    return resources;
  }

  private static String pointingAt(String value, String template) {
    return object(value).put("template", template).toString();
  }

  private static ObjectNode object(String json) {
    try {
      return (ObjectNode) JSON.readTree(json);
    } catch (IOException e) {
      throw new MeshFailure("this is no JSON: " + json);
    }
  }

  /** As the CDK names assets: the same text has the same name. */
  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  @Override
  public Set<ProxyId> missing(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Set<ProxyId> missing = missing();
      if (missing.isEmpty() || System.nanoTime() > deadline) {
        return missing;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /**
   * Each task of the control plane must be about to serve what is wanted, and each Envoy must have
   * it.
   */
  private Set<ProxyId> missing() {
    List<ObjectNode> tasks = status();
    Map<String, Integer> served = new HashMap<>();
    Map<String, Integer> acknowledged = new HashMap<>();
    for (JsonNode task : tasks) {
      for (JsonNode proxy : task.path("proxies")) {
        String id = proxy.path("proxy").asText();
        String version = wanted.getOrDefault(ProxyId.parse(id).orElseThrow(), "");
        if (proxy.path("version").asText().equals(version)) {
          served.merge(id, 1, Integer::sum);
        }
        for (JsonNode envoy : proxy.path("envoys")) {
          requireNoRejection(id, envoy.path("rejections"));
          if (envoy.path("acknowledged").asText().equals(version)) {
            acknowledged.merge(id, 1, Integer::sum);
          }
        }
      }
    }
    Set<ProxyId> missing = new HashSet<>();
    for (ProxyId proxy : wanted.keySet()) {
      if (served.getOrDefault(proxy.toString(), 0) < network.controlPlaneTasks().size()
          || acknowledged.getOrDefault(proxy.toString(), 0) < network.envoys().of(proxy).size()) {
        missing.add(proxy);
      }
    }
    return missing;
  }

  private static void requireNoRejection(String proxy, JsonNode rejections) {
    for (JsonNode rejection : rejections) {
      throw new MeshFailure(
          "%s rejects its %s %s: %s"
              .formatted(
                  proxy,
                  rejection.path("type").asText(),
                  rejection.path("name").asText(),
                  rejection.path("reason").asText()));
    }
  }

  /** What the tasks tell that answer. */
  private List<ObjectNode> status() {
    List<ObjectNode> result = new ArrayList<>();
    for (EcsTask task : network.controlPlaneTasks()) {
      try {
        result.add(object(network.askControlPlane(task, "/proxies")));
      } catch (IOException e) {
        // It starts or ends: what it serves is missing.
      }
    }
    return result;
  }

  /** Of all tasks together: an Envoy is connected to one of them. */
  @Override
  public String proxies() {
    ObjectNode all = JSON.createObjectNode();
    Map<String, ObjectNode> proxies = new TreeMap<>();
    for (ObjectNode task : status()) {
      all.set("now", task.path("now"));
      for (JsonNode proxy : task.path("proxies")) {
        ObjectNode known = proxies.putIfAbsent(proxy.path("proxy").asText(), (ObjectNode) proxy);
        if (known != null) {
          proxy.path("envoys").forEach(known.withArray("envoys")::add);
        }
      }
    }
    all.putArray("proxies").addAll(proxies.values());
    return all.toPrettyString();
  }

  @Override
  public void close() {
    // Its tasks end with the network.
  }
}
