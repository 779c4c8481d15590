package colorteller.mesh.template;

import static colorteller.mesh.template.Properties.child;
import static colorteller.mesh.template.Properties.duration;
import static colorteller.mesh.template.Properties.list;
import static colorteller.mesh.template.Properties.number;
import static colorteller.mesh.template.Properties.only;
import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.ConnectionPool;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.Listener;
import colorteller.mesh.OutlierDetection;
import colorteller.mesh.Protocol;
import colorteller.mesh.Timeouts;
import colorteller.mesh.VirtualRouter.PortMapping;
import colorteller.mesh.template.MeshResources.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads the listeners of a virtual gateway, node or router. */
final class ListenerReader {

  private ListenerReader() {}

  /** Of a resource that must have one. */
  static List<Listener> some(Resource resource, String what) {
    requireSome(resource, what);
    return all(resource);
  }

  static List<Listener> all(Resource resource) {
    requireOwnPorts(resource);
    return list(resource.spec(), "Listeners", resource.specPlace(), ListenerReader::listener);
  }

  /** Of a router. */
  static List<PortMapping> ports(Resource router) {
    requireSome(router, "virtual router");
    requireOwnPorts(router);
    return list(
        router.spec(),
        "Listeners",
        router.specPlace(),
        (listener, at) ->
            new PortMapping(
                listener.at("/PortMapping/Port").intValue(),
                protocol(listener.path("PortMapping"))));
  }

  private static void requireSome(Resource resource, String what) {
    if (resource.spec().path("Listeners").isEmpty()) {
      throw resource
          .specPlace()
          .child("Listeners")
          .refused("is empty; a %s has at least one listener".formatted(what));
    }
  }

  private static void requireOwnPorts(Resource resource) {
    Set<Integer> ports = new HashSet<>();
    JsonNode listeners = resource.spec().path("Listeners");
    for (int i = 0; i < listeners.size(); i++) {
      int port = listeners.get(i).at("/PortMapping/Port").intValue();
      if (!ports.add(port)) {
        throw resource
            .specPlace()
            .child("Listeners")
            .at(i)
            .child("PortMapping")
            .child("Port")
            .refused(
                "is %d, as another listener's is; give each a port of its own".formatted(port));
      }
    }
  }

  private static Listener listener(JsonNode listener, Place place) {
    Protocol protocol = protocol(listener.path("PortMapping"));
    return new Listener(
        listener.at("/PortMapping/Port").intValue(),
        protocol,
        child(listener, "HealthCheck", place, ListenerReader::healthCheck),
        child(listener, "TLS", place, TlsReader::ofListener),
        child(listener, "Timeout", place, (t, at) -> timeouts(ofProtocol(t, protocol, at), at))
            .orElse(Timeouts.DEFAULT),
        child(listener, "ConnectionPool", place, (p, at) -> pool(ofProtocol(p, protocol, at))),
        child(listener, "OutlierDetection", place, ListenerReader::outlierDetection));
  }

  private static Protocol protocol(JsonNode mapping) {
    return Protocol.of(mapping.path("Protocol").asText());
  }

  /** Of what is said by protocol, that of the listener's. */
  private static JsonNode ofProtocol(JsonNode union, Protocol protocol, Place place) {
    String kind = only(union);
    if (!kind.toLowerCase(Locale.ROOT).equals(protocol.word())) {
      throw place
          .child(kind)
          .refused(
              "is for another protocol than the listener's, which is %s; write %s"
                  .formatted(protocol.word(), protocol.name()));
    }
    return union.path(kind);
  }

  /** The time-outs of a listener or a route. */
  static Timeouts timeouts(JsonNode timeout, Place place) {
    return new Timeouts(
        child(timeout, "PerRequest", place, Properties::duration),
        child(timeout, "Idle", place, Properties::duration));
  }

  private static ConnectionPool pool(JsonNode pool) {
    return new ConnectionPool(
        number(pool, "MaxConnections"),
        number(pool, "MaxPendingRequests"),
        number(pool, "MaxRequests"));
  }

  private static OutlierDetection outlierDetection(JsonNode detection, Place place) {
    return new OutlierDetection(
        (int) Math.min(Integer.MAX_VALUE, detection.path("MaxServerErrors").longValue()),
        atLeastOneMilli(detection, "Interval", place),
        atLeastOneMilli(detection, "BaseEjectionDuration", place),
        detection.path("MaxEjectionPercent").intValue());
  }

  private static Duration atLeastOneMilli(JsonNode object, String name, Place place) {
    Duration duration = duration(object.path(name), place.child(name));
    if (duration.isZero()) {
      throw place.child(name).child("Value").refused("must be more than 0");
    }
    return duration;
  }

  private static HealthCheck healthCheck(JsonNode check, Place place) {
    return new HealthCheck(
        protocol(check),
        child(check, "Path", place, ListenerReader::path),
        number(check, "Port"),
        Duration.ofMillis(check.path("IntervalMillis").longValue()),
        Duration.ofMillis(check.path("TimeoutMillis").longValue()),
        check.path("HealthyThreshold").intValue(),
        check.path("UnhealthyThreshold").intValue());
  }

  private static String path(JsonNode path, Place place) {
    if (!path.asText().matches("/[!-~]*")) {
      throw place.refused(
          "must be a URL path that begins with a slash, but is " + quote(path.asText()));
    }
    return path.asText();
  }
}
