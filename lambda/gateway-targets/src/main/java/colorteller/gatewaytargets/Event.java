package colorteller.gatewaytargets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * What woke the function: a change of one of the service's tasks, or the schedule. What changed
 * does not matter, since every run looks for itself; so late and repeated events do no harm.
 */
record Event(String id) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final Set<String> SCHEDULES = Set.of("aws.events", "aws.scheduler");

  static Event of(byte[] json, GatewayTargetsEnvironment configuration) {
    JsonNode event = read(json);
    String source = event.path("source").asText();
    if (source.equals("aws.ecs")) {
      JsonNode detail = event.path("detail");
      if (!name(detail.path("clusterArn").asText()).equals(name(configuration.cluster()))
          || !detail.path("group").asText().equals("service:" + configuration.service())) {
        throw new UnusableEvent(
            "The event is not of a task of service %s in cluster %s"
                .formatted(configuration.service(), configuration.cluster()));
      }
    } else if (!SCHEDULES.contains(source)) {
      throw new UnusableEvent("The event has no source aws.ecs, aws.events or aws.scheduler");
    }
    return new Event(event.path("id").asText());
  }

  private static JsonNode read(byte[] json) {
    try {
      JsonNode event = JSON.readTree(json);
      if (event.isObject()) {
        return event;
      }
    } catch (JsonProcessingException e) {
      // The same to the caller as JSON of another kind.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new UnusableEvent("The event is not a JSON object");
  }

  private static String name(String nameOrArn) {
    return nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1);
  }
}
