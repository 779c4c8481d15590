package colorteller.local;

import colorteller.mesh.ProxyId;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.OptionalInt;

/**
 * What an Envoy is told at its start: who it is and where its control plane is.
 *
 * @param proxy who it is; its node id and cluster
 * @param admin where its admin interface listens
 * @param controlPlane where its control plane listens
 * @param mark a mark on all connections that it makes, by which the kernel can tell them apart
 */
public record Bootstrap(
    ProxyId proxy, InetSocketAddress admin, SocketAddress controlPlane, OptionalInt mark) {

  private static final String CONTROL_PLANE = "control_plane";

  // Linux: SOL_SOCKET and SO_MARK.
  private static final int SOCKET_LEVEL = 1;
  private static final int MARK_OPTION = 36;

  String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.putObject("node").put("id", proxy.toString()).put("cluster", proxy.toString());
    address(root.putObject("admin").putObject("address"), admin);

    ObjectNode dynamic = root.putObject("dynamic_resources");
    for (String config : new String[] {"lds_config", "cds_config"}) {
      dynamic.putObject(config).put("resource_api_version", "V3").putObject("ads");
    }
    ObjectNode ads = dynamic.putObject("ads_config");
    ads.put("api_type", "DELTA_GRPC").put("transport_api_version", "V3");
    ads.putArray("grpc_services")
        .addObject()
        .putObject("envoy_grpc")
        .put("cluster_name", CONTROL_PLANE);

    ObjectNode cluster = root.putObject("static_resources").putArray("clusters").addObject();
    cluster.put("name", CONTROL_PLANE).put("type", "STATIC").put("connect_timeout", "5s");
    cluster
        .putObject("typed_extension_protocol_options")
        .putObject("envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
        .put("@type", "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
        .putObject("explicit_http_config")
        .putObject("http2_protocol_options");
    ObjectNode assignment = cluster.putObject("load_assignment");
    assignment.put("cluster_name", CONTROL_PLANE);
    address(
        assignment
            .putArray("endpoints")
            .addObject()
            .putArray("lb_endpoints")
            .addObject()
            .putObject("endpoint")
            .putObject("address"),
        controlPlane);
    mark.ifPresent(
        number ->
            root.putObject("cluster_manager")
                .putObject("upstream_bind_config")
                .putArray("socket_options")
                .addObject()
                .put("level", SOCKET_LEVEL)
                .put("name", MARK_OPTION)
                .put("int_value", number)
                .put("state", "STATE_PREBIND"));
    return root.toPrettyString();
  }

  private static void address(ObjectNode json, SocketAddress address) {
    if (address instanceof UnixDomainSocketAddress pipe) {
      json.putObject("pipe").put("path", pipe.getPath().toString());
      return;
    }
    InetSocketAddress socket = (InetSocketAddress) address;
    ObjectNode written = json.putObject("socket_address");
    written
        .put("address", socket.getAddress().getHostAddress())
        .put("port_value", socket.getPort());
    if (socket.getAddress() instanceof Inet6Address && socket.getAddress().isAnyLocalAddress()) {
      written.put("ipv4_compat", true);
    }
  }
}
