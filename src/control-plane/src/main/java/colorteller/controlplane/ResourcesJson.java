package colorteller.controlplane;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import java.util.Map;

/** What Envoys are told, as JSON. To load what that takes is not for those who only translate. */
final class ResourcesJson {

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

  private ResourcesJson() {}

  static String of(ProxyResources resources) {
    return PRETTY.toJson(json(resources));
  }

  static String of(Map<String, ProxyResources> proxies) {
    JsonObject all = new JsonObject();
    proxies.forEach((name, resources) -> all.add(name, json(resources)));
    JsonObject json = new JsonObject();
    json.add("proxies", all);
    return PRETTY.toJson(json);
  }

  private static JsonObject json(ProxyResources resources) {
    JsonObject json = new JsonObject();
    json.add("clusters", array(resources.clusters()));
    json.add("endpoints", array(resources.endpoints()));
    json.add("listeners", array(resources.listeners()));
    json.add("routes", array(resources.routes()));
    if (!resources.secrets().isEmpty()) {
      json.add("secrets", array(resources.secrets()));
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
