package colorteller.constructs;

import colorteller.controlplane.ads.Identity;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.ProxyId;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;

/**
 * What an Envoy is told at its start: who it is, and how it knows its control plane. The keys are
 * not in it: it names the variables of its environment that have them.
 *
 * @param proxy who it is; its node id and cluster
 * @param controlPlane the host name of its control plane
 * @param adminAddress where its admin interface listens
 * @param statsdPort of an agent in its task that takes its statistics, if there is one
 */
record EnvoyBootstrap(
    ProxyId proxy, String controlPlane, String adminAddress, OptionalInt statsdPort) {

  /** The variable with the Envoy's key and its certificate, PEM. */
  static final String IDENTITY = "ENVOY_IDENTITY";

  /** The variable with the certificates of those who may sign the control plane's, PEM. */
  static final String TRUST_BUNDLE = "ENVOY_TRUST_BUNDLE";

  private static final String CONTROL_PLANE = "control_plane";
  private static final String TYPE = "type.googleapis.com/";
  private static final String TLS = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
  private static final String HTTP = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.putObject("node").put("id", proxy.toString()).put("cluster", proxy.toString());
    address(root.putObject("admin"), adminAddress, EnvoyPorts.ADMIN)
        .put("ipv4_compat", adminAddress.equals("::"));

    // Where sidecar marks that this Envoy has begun well.
    root.putObject("layered_runtime")
        .putArray("layers")
        .addObject()
        .put("name", "sidecar")
        .putObject("admin_layer");

    ObjectNode dynamic = root.putObject("dynamic_resources");
    for (String config : new String[] {"lds_config", "cds_config"}) {
      dynamic
          .putObject(config)
          .put("resource_api_version", "V3")
          // Else it would be ready in half a minute, without having been told anything.
          .put("initial_fetch_timeout", "0s")
          .putObject("ads");
    }
    ObjectNode ads = dynamic.putObject("ads_config");
    ads.put("api_type", "DELTA_GRPC").put("transport_api_version", "V3");
    ObjectNode grpc = ads.putArray("grpc_services").addObject().putObject("envoy_grpc");
    grpc.put("cluster_name", CONTROL_PLANE);
    grpc.putObject("retry_policy")
        .putObject("retry_back_off")
        .put("base_interval", "0.5s")
        .put("max_interval", "5s");

    ObjectNode cluster = root.putObject("static_resources").putArray("clusters").addObject();
    cluster
        .put("name", CONTROL_PLANE)
        // Each task of the control plane is an endpoint of its own.
        .put("type", "STRICT_DNS")
        .put("dns_lookup_family", "V4_ONLY")
        // As long as its record lives.
        .put("dns_refresh_rate", "10s")
        // Where all connect at once, the last one waits for its turn.
        .put("connect_timeout", "10s");
    ObjectNode http2 =
        cluster
            .putObject("typed_extension_protocol_options")
            .putObject(HTTP)
            .put("@type", TYPE + HTTP)
            .putObject("explicit_http_config")
            .putObject("http2_protocol_options");
    // A task that has gone without a word is noticed.
    http2.putObject("connection_keepalive").put("interval", "10s").put("timeout", "5s");
    address(
        cluster
            .putObject("load_assignment")
            .put("cluster_name", CONTROL_PLANE)
            .putArray("endpoints")
            .addObject()
            .putArray("lb_endpoints")
            .addObject()
            .putObject("endpoint"),
        controlPlane,
        ControlPlane.PORT);
    ObjectNode tls =
        cluster
            .putObject("transport_socket")
            .put("name", "envoy.transport_sockets.tls")
            .putObject("typed_config")
            .put("@type", TYPE + TLS)
            .put("sni", controlPlane)
            .putObject("common_tls_context");
    ObjectNode own = tls.putArray("tls_certificates").addObject();
    own.putObject("certificate_chain").put("environment_variable", IDENTITY);
    own.putObject("private_key").put("environment_variable", IDENTITY);
    ObjectNode validation = tls.putObject("validation_context");
    validation.putObject("trusted_ca").put("environment_variable", TRUST_BUNDLE);
    validation
        .putArray("match_typed_subject_alt_names")
        .addObject()
        .put("san_type", "URI")
        .putObject("matcher")
        .put("exact", Identity.CONTROL_PLANE);
    statsdPort.ifPresent(
        port ->
            address(
                    root.putArray("stats_sinks")
                        .addObject()
                        .put("name", "envoy.stat_sinks.dog_statsd")
                        .putObject("typed_config")
                        .put("@type", TYPE + "envoy.config.metrics.v3.DogStatsdSink"),
                    "127.0.0.1",
                    port)
                .put("protocol", "UDP"));
    return root.toString();
  }

  private static ObjectNode address(ObjectNode owner, String address, int port) {
    return owner
        .putObject("address")
        .putObject("socket_address")
        .put("address", address)
        .put("port_value", port);
  }
}
