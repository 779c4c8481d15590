package colorteller.controlplane;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import java.util.Map;

/**
 * Everything that one Envoy is told.
 *
 * @param clusters where it sends
 * @param endpoints the addresses of those clusters that are not in the clusters themselves
 * @param listeners where it takes connections
 * @param routes which requests go to which cluster
 * @param secrets where the certificates are that clusters and listeners name
 */
public record ProxyResources(
    List<Cluster> clusters,
    List<ClusterLoadAssignment> endpoints,
    List<Listener> listeners,
    List<RouteConfiguration> routes,
    List<Secret> secrets) {

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .preservingProtoFieldNames()
          .usingTypeRegistry(
              JsonFormat.TypeRegistry.newBuilder()
                  .add(CaresDnsResolverConfig.getDescriptor())
                  .add(DownstreamTlsContext.getDescriptor())
                  .add(FileAccessLog.getDescriptor())
                  .add(HttpConnectionManager.getDescriptor())
                  .add(HttpProtocolOptions.getDescriptor())
                  .add(OriginalDst.getDescriptor())
                  .add(PreviousHostsPredicate.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(TcpProxy.getDescriptor())
                  .add(TlsInspector.getDescriptor())
                  .add(UpstreamTlsContext.getDescriptor())
                  .build());

  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** What an Envoy is told that has nothing to do. */
  public static final ProxyResources NONE =
      new ProxyResources(List.of(), List.of(), List.of(), List.of());

  /** Without secrets. */
  public ProxyResources(
      List<Cluster> clusters,
      List<ClusterLoadAssignment> endpoints,
      List<Listener> listeners,
      List<RouteConfiguration> routes) {
    this(clusters, endpoints, listeners, routes, List.of());
  }

  /** The same for an Envoy that cannot ask for secrets: they stand where they are named. */
  public ProxyResources withSecretsInPlace() {
    return SecretsInPlace.of(this);
  }

  /** The resources as JSON, in Envoy's own field names. */
  public String toJson() {
    return PRETTY.toJson(json());
  }

  /** Those of several Envoys: an object {@code proxies} with a member for each. */
  public static String toJson(Map<String, ProxyResources> proxies) {
    JsonObject all = new JsonObject();
    proxies.forEach((name, resources) -> all.add(name, resources.json()));
    JsonObject json = new JsonObject();
    json.add("proxies", all);
    return PRETTY.toJson(json);
  }

  private JsonObject json() {
    JsonObject json = new JsonObject();
    json.add("clusters", array(clusters));
    json.add("endpoints", array(endpoints));
    json.add("listeners", array(listeners));
    json.add("routes", array(routes));
    if (!secrets.isEmpty()) {
      json.add("secrets", array(secrets));
    }
    return json;
  }

  private static JsonArray array(List<? extends Message> messages) {
    JsonArray array = new JsonArray();
    for (Message message : messages) {
      try {
        array.add(JsonParser.parseString(PRINTER.print(message)));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("A type is missing in the registry above", e);
      }
    }
    return array;
  }
}
