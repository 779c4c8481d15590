package colorteller.page;

import colorteller.local.MeshFailure;
import colorteller.local.Session;
import colorteller.mesh.IpFamily;
import colorteller.mesh.report.JsonReport;
import colorteller.mesh.report.Scenario;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody with the token can change. */
final class Control {

  private static final HttpString TOKEN = new HttpString(Page.TOKEN_HEADER);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectReader READER =
      JSON.reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final Session session;
  private final Stages stages;
  private final Traffic traffic;
  private final byte[] token;

  Control(Session session, Stages stages, Traffic traffic, String token) {
    this.session = session;
    this.stages = stages;
    this.traffic = traffic;
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  /** What is asked for; it throws {@link UnusableRequest}. */
  interface Order {
    JsonNode carryOut(JsonNode body);
  }

  /**
   * Carries out what comes as JSON, with the token: a header that no page of another origin can
   * send.
   */
  HttpHandler guarded(Order order) {
    return exchange -> {
      if (!hasToken(exchange)) {
        Json.refuse(
            exchange,
            StatusCodes.FORBIDDEN,
            "%s is missing or wrong; the page and .tools/up.json have it"
                .formatted(Page.TOKEN_HEADER));
      } else {
        carryOut(exchange, order);
      }
    };
  }

  private boolean hasToken(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(TOKEN);
    return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token);
  }

  private static void carryOut(HttpServerExchange exchange, Order order) throws IOException {
    try {
      JsonNode body = READER.readTree(exchange.getInputStream().readAllBytes());
      Json.answer(exchange, () -> order.carryOut(object(body)));
    } catch (JsonProcessingException e) {
      Json.refuse(
          exchange,
          StatusCodes.BAD_REQUEST,
          "the body is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (RequestTooBigException e) {
      Json.refuse(exchange, StatusCodes.REQUEST_ENTITY_TOO_LARGE, "the body is too long");
    }
  }

  private static JsonNode object(JsonNode body) {
    if (!body.isObject()) {
      throw new UnusableRequest("the body is no JSON object");
    }
    return body;
  }

  /** Switches; answers what {@code local} would print for the stage. */
  JsonNode stage(JsonNode body) {
    only(body, List.of("stage", "preferences"));
    String name = text(body, "stage");
    JsonNode preferences = body.get("preferences");
    if (preferences != null && !name.equals(Stages.CUSTOM)) {
      throw new UnusableRequest(
          "preferences are for stage '%s', not '%s'".formatted(Stages.CUSTOM, name));
    }
    Scenario to = preferences == null ? stages.of(name) : stages.custom(texts(preferences));
    try {
      return report(new JsonReport(List.of(session.switchTo(to)), Optional.empty()));
    } catch (MeshFailure e) {
      return report(new JsonReport(List.of(), Optional.ofNullable(e.getMessage())));
    }
  }

  /** An order of another kind, whose word has the order's name. */
  static Order order(String name, Page.Order order) {
    return body -> {
      only(body, List.of(name));
      return order.carryOut(text(body, name));
    };
  }

  /** Starts or ends live traffic. */
  JsonNode traffic(JsonNode body) {
    only(body, List.of("on", "family"));
    JsonNode on = body.path("on");
    if (!on.isBoolean()) {
      throw new UnusableRequest(
          "on is not allowed to be %s; allowed are true, false".formatted(on));
    }
    if (on.asBoolean()) {
      traffic.start(family(body.path("family").asText(IpFamily.IPV4.toString())));
    } else {
      traffic.stop();
    }
    return traffic.json();
  }

  private static IpFamily family(String word) {
    return Stream.of(IpFamily.values())
        .filter(family -> family.toString().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new UnusableRequest(
                    "family '%s' is not allowed; allowed are IPv4, IPv6".formatted(word)));
  }

  private static void only(JsonNode body, List<String> known) {
    body.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                throw new UnusableRequest(
                    "field '%s' is unknown; allowed are %s"
                        .formatted(field, String.join(", ", known)));
              }
            });
  }

  private static String text(JsonNode body, String field) {
    if (!body.path(field).isTextual()) {
      throw new UnusableRequest("%s must be a text".formatted(field));
    }
    return body.path(field).asText();
  }

  private static Map<String, String> texts(JsonNode preferences) {
    if (!preferences.isObject()) {
      throw new UnusableRequest("preferences must be an object, such as {\"mesh\": \"IPv6_ONLY\"}");
    }
    Map<String, String> result = new LinkedHashMap<>();
    preferences.fieldNames().forEachRemaining(key -> result.put(key, text(preferences, key)));
    return result;
  }

  private static JsonNode report(JsonReport report) {
    try {
      return JSON.readTree(report.toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is JSON", e);
    }
  }
}
