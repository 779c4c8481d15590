package colorteller.vpc;

import colorteller.deployment.LoadBalancer;
import colorteller.deployment.LoadBalancer.TargetGroup;
import colorteller.local.AccessLog;
import colorteller.local.EnvoyProcess;
import colorteller.local.MeshFailure;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import colorteller.vpc.agent.AgentClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The load balancer's stand-in, and who is registered with its target groups. */
final class LoadBalancerProcess {

  private static final JsonFormat.Printer JSON =
      JsonFormat.printer()
          .usingTypeRegistry(
              JsonFormat.TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(FileAccessLog.getDescriptor())
                  .add(ClusterLoadAssignment.getDescriptor())
                  .build());

  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(5);

  private final LoadBalancer loadBalancer;
  private final NetworkInterface network;
  private final AccessLog accessLog;
  private final Path targets;
  private final Path log;
  private final AgentClient router;
  private final ProcessBuilder prepared;
  private @Nullable Process process;

  /**
   * Prepares it.
   *
   * @param envoy the Envoy executable
   * @param router reaches its admin interface
   * @param folder for its files
   */
  LoadBalancerProcess(
      LoadBalancer loadBalancer,
      NetworkInterface network,
      Path envoy,
      VpcNamespaces namespaces,
      AgentClient router,
      Duration healthCheckInterval,
      Path folder)
      throws IOException {
    this.loadBalancer = loadBalancer;
    this.network = network;
    this.router = router;
    Path own = Files.createDirectory(folder.resolve("load-balancer"));
    targets = Files.createDirectory(own.resolve("targets"));
    accessLog = new AccessLog(own.resolve("access.log"));
    log = own.resolve("envoy.log");
    for (TargetGroup group : loadBalancer.targetGroups().values()) {
      write(group, List.of());
    }
    Path bootstrap = own.resolve("bootstrap.json");
    Files.writeString(
        bootstrap,
        json(
            new LoadBalancerEnvoy(
                    loadBalancer,
                    network.addresses(),
                    healthCheckInterval,
                    targets.toString(),
                    accessLog.configuration())
                .bootstrap()));
    prepared =
        namespaces
            .process(network.namespace(), EnvoyProcess.command(envoy, bootstrap), Map.of())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
  }

  /** Starts its Envoy, whose namespace is there by now. */
  void start() throws IOException {
    process = prepared.start();
  }

  private static String json(Message message) {
    try {
      return JSON.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A type is missing in the registry above", e);
    }
  }

  /**
   * Registers the tasks of the services that are behind a target group: ECS those of the group that
   * the service names, the function gateway-targets their IPv6 addresses.
   */
  void register(List<EcsTask> tasks) throws IOException {
    for (TargetGroup group : loadBalancer.targetGroups().values()) {
      write(
          group,
          tasks.stream()
              .filter(task -> !task.service().targetGroups().isEmpty())
              .flatMap(task -> task.network().address(group.family()).stream())
              .toList());
    }
  }

  /** Whether it takes connections; its Envoy first looks at all targets once. */
  boolean isLive() {
    try {
      router.body(
          "http://%s:%d/ready".formatted(network.management(), EnvoyPorts.ADMIN), ADMIN_LIMIT);
      return true;
    } catch (IOException e) {
      // It answers with another status than 200, or not yet.
      return false;
    }
  }

  /** Whether all of a task's addresses that are targets pass its health checks. */
  boolean isHealthy(List<EcsTask> tasks) throws IOException {
    Set<String> healthy = new HashSet<>();
    JsonNode clusters =
        new ObjectMapper()
            .readTree(
                router.body(
                    "http://%s:%d/clusters?format=json"
                        .formatted(network.management(), EnvoyPorts.ADMIN),
                    ADMIN_LIMIT));
    for (JsonNode cluster : clusters.path("cluster_statuses")) {
      for (JsonNode host : cluster.path("host_statuses")) {
        JsonNode status = host.path("health_status");
        if (!status.path("failed_active_health_check").asBoolean()
            && !status.path("pending_active_hc").asBoolean()) {
          healthy.add(host.at("/address/socket_address/address").asText());
        }
      }
    }
    return loadBalancer.targetGroups().values().stream()
        .allMatch(
            group ->
                tasks.stream()
                    .flatMap(task -> task.network().address(group.family()).stream())
                    .allMatch(healthy::contains));
  }

  /** From the deregistration of a target until its task may stop. */
  Duration deregistrationDelay() {
    return loadBalancer.targetGroups().values().stream()
        .map(TargetGroup::deregistrationDelay)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private void write(TargetGroup group, List<String> addresses) throws IOException {
    Path file = targets.resolve(LoadBalancerEnvoy.file(group));
    Path next = targets.resolve("next");
    Files.writeString(
        next,
        json(
            DiscoveryResponse.newBuilder()
                .addResources(
                    com.google.protobuf.Any.pack(LoadBalancerEnvoy.endpoints(group, addresses)))
                .build()));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  AccessLog accessLog() {
    return accessLog;
  }

  /** The name of its target group of a family, in its access log. */
  String cluster(IpFamily family) {
    return loadBalancer.targetGroups().values().stream()
        .filter(group -> group.family() == family)
        .map(TargetGroup::name)
        .findFirst()
        .orElseThrow();
  }

  /** Where it takes requests for a gateway's address of a family, over that family. */
  URI url(IpFamily gateway) {
    int port =
        loadBalancer.listeners().entrySet().stream()
            .filter(
                listener ->
                    Objects.requireNonNull(loadBalancer.targetGroups().get(listener.getValue()))
                            .family()
                        == gateway)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> new MeshFailure("the load balancer has no targets of " + gateway));
    return URI.create(
        "http://"
            + EnvoyProcess.hostAndPort(
                Objects.requireNonNull(network.addresses().get(gateway)), port));
  }

  void supervise() {
    if (!Objects.requireNonNull(process).isAlive()) {
      throw new MeshFailure("The load balancer's Envoy has ended; it said: " + lastLine());
    }
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "nothing that can be read";
    }
  }
}
