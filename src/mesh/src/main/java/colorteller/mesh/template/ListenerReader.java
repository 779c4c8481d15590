package colorteller.mesh.template;

import static colorteller.mesh.template.AppMeshProperties.number;
import static colorteller.mesh.template.AppMeshProperties.translatedWord;
import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.HealthCheck;
import colorteller.mesh.Listener;
import colorteller.mesh.template.MeshResources.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;

/** Reads the listener of a virtual gateway, node or router. */
final class ListenerReader {

  private ListenerReader() {}

  /** Of a resource that must have one. */
  static Listener one(Resource resource, String what) {
    return atMostOne(resource)
        .orElseThrow(
            () ->
                resource
                    .specPlace()
                    .child("Listeners")
                    .error("is empty; a %s has one listener".formatted(what)));
  }

  static Optional<Listener> atMostOne(Resource resource) {
    JsonNode listeners = resource.spec().path("Listeners");
    Place place = resource.specPlace().child("Listeners");
    if (listeners.size() > 1) {
      throw place.error(
          "has %d listeners; more than one is not translated yet".formatted(listeners.size()));
    }
    return listeners.isEmpty()
        ? Optional.empty()
        : Optional.of(listener(listeners.get(0), place.at(0)));
  }

  private static Listener listener(JsonNode listener, Place place) {
    JsonNode mapping = listener.path("PortMapping");
    translatedWord(mapping, "Protocol", place.child("PortMapping"), "http", "http2", "grpc", "tcp");
    int port = number(mapping, "Port", 1, 65535, place.child("PortMapping"));
    return new Listener(
        port,
        listener.has("HealthCheck")
            ? Optional.of(
                healthCheck(listener.path("HealthCheck"), port, place.child("HealthCheck")))
            : Optional.empty());
  }

  /** Ranges: App Mesh's API reference, HealthCheckPolicy. */
  private static HealthCheck healthCheck(JsonNode check, int listenerPort, Place place) {
    translatedWord(check, "Protocol", place, "http", "http2", "grpc", "tcp");
    if (check.has("Port") && number(check, "Port", 1, 65535, place) != listenerPort) {
      throw place
          .child("Port")
          .error(
              "a port other than the listener's (%d) is not translated yet"
                  .formatted(listenerPort));
    }
    String path = check.path("Path").asText();
    if (!path.matches("/[!-~]*")) {
      throw place
          .child("Path")
          .error("must be a URL path that begins with a slash, but is " + quote(path));
    }
    return new HealthCheck(
        path,
        Duration.ofMillis(number(check, "IntervalMillis", 5000, 300_000, place)),
        Duration.ofMillis(number(check, "TimeoutMillis", 2000, 60_000, place)),
        number(check, "HealthyThreshold", 2, 10, place),
        number(check, "UnhealthyThreshold", 2, 10, place));
  }
}
