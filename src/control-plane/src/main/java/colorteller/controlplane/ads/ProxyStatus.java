package colorteller.controlplane.ads;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.ProxyId;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the control plane knows of a proxy.
 *
 * @param version what it is to hold; empty if no document names it
 * @param since when it was given that
 * @param envoys those that are connected
 */
public record ProxyStatus(
    ProxyId proxy, Optional<String> version, Optional<Instant> since, List<ConnectedEnvoy> envoys) {

  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** The version of resources, which is the same in every control plane. */
  public static String version(ProxyResources resources) {
    return Snapshot.of(resources).version();
  }

  /**
   * An Envoy that is connected.
   *
   * @param address where it connects from
   * @param connectedAt when it opened its stream
   * @param acknowledged the version that it has acknowledged last, as a whole
   * @param acknowledgedAt when
   * @param rejections what it rejects of what it is to hold
   */
  public record ConnectedEnvoy(
      String address,
      Instant connectedAt,
      Optional<String> acknowledged,
      Optional<Instant> acknowledgedAt,
      List<Rejection> rejections) {

    private JsonObject json() {
      JsonObject json = new JsonObject();
      json.addProperty("address", address);
      json.addProperty("connectedAt", connectedAt.toString());
      acknowledged.ifPresent(version -> json.addProperty("acknowledged", version));
      acknowledgedAt.ifPresent(at -> json.addProperty("acknowledgedAt", at.toString()));
      JsonArray rejected = new JsonArray();
      for (Rejection rejection : rejections) {
        JsonObject one = new JsonObject();
        one.addProperty("type", rejection.type().toString());
        one.addProperty("name", rejection.name());
        one.addProperty("version", rejection.version());
        one.addProperty("reason", rejection.reason());
        one.addProperty("at", rejection.at().toString());
        rejected.add(one);
      }
      json.add("rejections", rejected);
      return json;
    }
  }

  /** As JSON: {@code {"now": …, "proxies": […]}}, versions and times as texts. */
  public static String json(List<ProxyStatus> proxies, Instant now) {
    JsonObject root = new JsonObject();
    root.addProperty("now", now.toString());
    JsonArray all = new JsonArray();
    for (ProxyStatus proxy : proxies) {
      JsonObject json = new JsonObject();
      json.addProperty("proxy", proxy.proxy().toString());
      proxy.version().ifPresent(version -> json.addProperty("version", version));
      proxy.since().ifPresent(at -> json.addProperty("since", at.toString()));
      JsonArray envoys = new JsonArray();
      proxy.envoys().forEach(envoy -> envoys.add(envoy.json()));
      json.add("envoys", envoys);
      all.add(json);
    }
    root.add("proxies", all);
    return PRETTY.toJson(root);
  }
}
