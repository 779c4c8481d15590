package colorteller.controlplane.ads;

import colorteller.controlplane.ProxyResources;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What Envoys are served, in the order in which it is sent: a thing before what refers to it. */
public enum ResourceType {
  // spotless:off
  CLUSTER (Cluster.getDescriptor().getFullName(),               true,  ProxyResources::clusters,  message -> ((Cluster) message).getName()),
  ENDPOINT(ClusterLoadAssignment.getDescriptor().getFullName(), false, ProxyResources::endpoints, message -> ((ClusterLoadAssignment) message).getClusterName()),
  SECRET  (Secret.getDescriptor().getFullName(),                false, ProxyResources::secrets,   message -> ((Secret) message).getName()),
  LISTENER(Listener.getDescriptor().getFullName(),              true,  ProxyResources::listeners, message -> ((Listener) message).getName()),
  ROUTE   (RouteConfiguration.getDescriptor().getFullName(),    false, ProxyResources::routes,    message -> ((RouteConfiguration) message).getName());
  // spotless:on

  private final String typeUrl;
  private final boolean wildcard;
  private final Function<ProxyResources, List<? extends Message>> of;
  private final Function<Message, String> name;

  ResourceType(
      String message,
      boolean wildcard,
      Function<ProxyResources, List<? extends Message>> of,
      Function<Message, String> name) {
    this.typeUrl = "type.googleapis.com/" + message;
    this.wildcard = wildcard;
    this.of = of;
    this.name = name;
  }

  static Optional<ResourceType> of(String typeUrl) {
    return Stream.of(values()).filter(type -> type.typeUrl.equals(typeUrl)).findFirst();
  }

  /** Its name in the protocol. */
  public String typeUrl() {
    return typeUrl;
  }

  /** Whether an Envoy that names none asks for all. Of the others it names what it refers to. */
  boolean isWildcard() {
    return wildcard;
  }

  List<? extends Message> of(ProxyResources resources) {
    return of.apply(resources);
  }

  String name(Message resource) {
    return name.apply(resource);
  }

  /** For messages: {@code cluster}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
