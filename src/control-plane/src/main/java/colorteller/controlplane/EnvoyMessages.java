package colorteller.controlplane;

import com.google.protobuf.Descriptors.Descriptor;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;

/** The classes of Envoy's messages. */
public final class EnvoyMessages {

  private EnvoyMessages() {}

  /**
   * Begins to load them. Java does that when they are first used, and takes longer for it than for
   * the translation of a large mesh: whoever has to read the mesh first lets both happen at once.
   */
  public static void load() {
    Thread loading = new Thread(EnvoyMessages::descriptors, "load Envoy's messages");
    loading.setDaemon(true);
    loading.start();
  }

  /** These know all others that a mesh becomes. */
  private static List<Descriptor> descriptors() {
    return List.of(
        HttpProtocolOptions.getDescriptor(),
        HttpConnectionManager.getDescriptor(),
        Cluster.getDescriptor(),
        Listener.getDescriptor(),
        RouteConfiguration.getDescriptor());
  }
}
