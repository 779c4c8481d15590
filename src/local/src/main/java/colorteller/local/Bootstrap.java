package colorteller.local;

import colorteller.mesh.ProxyId;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What an Envoy is told at its start: who it is and where its control plane is. */
final class Bootstrap {

  private static final String CONTROL_PLANE = "control_plane";

  private Bootstrap() {}

  static String json(ProxyId proxy, int adminPort, int adsPort) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.putObject("node").put("id", proxy.toString()).put("cluster", proxy.toString());
    socketAddress(root.putObject("admin").putObject("address"), adminPort);

    ObjectNode dynamic = root.putObject("dynamic_resources");
    for (String config : new String[] {"lds_config", "cds_config"}) {
      dynamic.putObject(config).put("resource_api_version", "V3").putObject("ads");
    }
    ObjectNode ads = dynamic.putObject("ads_config");
    ads.put("api_type", "GRPC").put("transport_api_version", "V3");
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
    socketAddress(
        assignment
            .putArray("endpoints")
            .addObject()
            .putArray("lb_endpoints")
            .addObject()
            .putObject("endpoint")
            .putObject("address"),
        adsPort);
    return root.toPrettyString();
  }

  private static void socketAddress(ObjectNode address, int port) {
    address.putObject("socket_address").put("address", "127.0.0.1").put("port_value", port);
  }
}
