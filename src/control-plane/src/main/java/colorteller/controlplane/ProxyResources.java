package colorteller.controlplane;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that one Envoy is told.
 *
 * @param clusters where it sends
 * @param endpoints the addresses of those clusters that are not in the clusters themselves
 * @param listeners where it takes connections
 * @param routes which requests go to which cluster
 */
public record ProxyResources(
    List<Cluster> clusters,
    List<ClusterLoadAssignment> endpoints,
    List<Listener> listeners,
    List<RouteConfiguration> routes) {

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .preservingProtoFieldNames()
          .usingTypeRegistry(
              JsonFormat.TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(OriginalDst.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(TcpProxy.getDescriptor())
                  .build());

  /** The resources as JSON, in Envoy's own field names. */
  public String toJson() {
    return "{\n\"clusters\": %s,\n\"endpoints\": %s,\n\"listeners\": %s,\n\"routes\": %s\n}"
        .formatted(array(clusters), array(endpoints), array(listeners), array(routes));
  }

  private static String array(List<? extends Message> messages) {
    List<String> printed = new ArrayList<>();
    for (Message message : messages) {
      try {
        printed.add(PRINTER.print(message));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("A type is missing in the registry above", e);
      }
    }
    return "[" + String.join(",\n", printed) + "]";
  }
}
