package colorteller.controlplane.ads;

import colorteller.controlplane.ProxyResources;
import com.google.protobuf.Any;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a proxy is to hold: resources as they are sent, serialized once for all of its streams, each
 * with a version that is a hash of its bytes. So the version is the same in every process.
 *
 * <p>The version of endpoints covers the version of their cluster as well: an Envoy that is given a
 * new cluster waits for endpoints, even for the ones that it has.
 */
final class Snapshot {

  // 128 bits tell any number of resources apart.
  private static final int VERSION_BYTES = 16;

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
              throw new IllegalStateException("Every Java has SHA-256", e);
            }
          });

  private final Map<ResourceType, Map<String, Resource>> resources;

  private Snapshot(Map<ResourceType, Map<String, Resource>> resources) {
    this.resources = resources;
  }

  static Snapshot of(ProxyResources proxy) {
    Map<ResourceType, Map<String, Resource>> all = new EnumMap<>(ResourceType.class);
    for (ResourceType type : ResourceType.values()) {
      Map<String, Resource> named = new LinkedHashMap<>();
      all.put(type, named);
      for (Message message : type.of(proxy)) {
        String name = type.name(message);
        named.put(
            name, resource(type, name, message, all.getOrDefault(ResourceType.CLUSTER, Map.of())));
      }
    }
    return new Snapshot(all);
  }

  /** The same with other endpoints of those clusters that it has; itself if nothing changes. */
  Snapshot withEndpoints(Collection<ClusterLoadAssignment> changed) {
    Map<String, Resource> endpoints = new LinkedHashMap<>(of(ResourceType.ENDPOINT));
    for (ClusterLoadAssignment assignment : changed) {
      String name = assignment.getClusterName();
      if (of(ResourceType.CLUSTER).containsKey(name)) {
        endpoints.put(
            name, resource(ResourceType.ENDPOINT, name, assignment, of(ResourceType.CLUSTER)));
      }
    }
    if (endpoints.equals(of(ResourceType.ENDPOINT))) {
      return this;
    }
    Map<ResourceType, Map<String, Resource>> all = new EnumMap<>(resources);
    all.put(ResourceType.ENDPOINT, endpoints);
    return new Snapshot(all);
  }

  private static Resource resource(
      ResourceType type, String name, Message message, Map<String, Resource> clusters) {
    byte[] bytes = bytes(message);
    MessageDigest digest = SHA_256.get();
    if (type == ResourceType.ENDPOINT) {
      Resource cluster = clusters.get(name);
      digest.update(
          (cluster == null ? "" : cluster.getVersion()).getBytes(StandardCharsets.US_ASCII));
    }
    digest.update(bytes);
    return Resource.newBuilder()
        .setName(name)
        .setVersion(HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES))
        .setResource(
            Any.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setValue(UnsafeByteOperations.unsafeWrap(bytes)))
        .build();
  }

  private static byte[] bytes(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("Memory takes all bytes", e);
    }
    return bytes;
  }

  /** The resources of a type, by name. */
  Map<String, Resource> of(ResourceType type) {
    return Objects.requireNonNull(resources.get(type));
  }

  /**
   * Whether nobody knows what a proxy is to hold of a name: the endpoints of a cluster that it has,
   * and that none are given for. Who asks is told nothing then, and keeps what it has.
   */
  boolean isUnknown(ResourceType type, String name) {
    return type == ResourceType.ENDPOINT
        && of(ResourceType.CLUSTER).containsKey(name)
        && !of(ResourceType.ENDPOINT).containsKey(name);
  }

  /** A name for exactly these resources, in whichever order they came. */
  String version() {
    MessageDigest digest = SHA_256.get();
    for (Map<String, Resource> type : resources.values()) {
      type.values().stream()
          .sorted(Comparator.comparing(Resource::getName))
          .forEach(
              resource ->
                  digest.update(
                      (resource.getName() + '\n' + resource.getVersion() + '\n')
                          .getBytes(StandardCharsets.UTF_8)));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
  }

  /** Whether both hold the same, whatever the order. */
  boolean same(Snapshot other) {
    for (ResourceType type : ResourceType.values()) {
      Map<String, Resource> mine = of(type);
      Map<String, Resource> theirs = other.of(type);
      if (mine.size() != theirs.size()
          || !mine.values().stream()
              .allMatch(
                  resource -> {
                    Resource twin = theirs.get(resource.getName());
                    return twin != null && twin.getVersion().equals(resource.getVersion());
                  })) {
        return false;
      }
    }
    return true;
  }
}
