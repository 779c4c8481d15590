package colorteller.page;

import colorteller.local.MeshFailure;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.util.function.Supplier;

/** Answers in JSON. */
final class Json {

  private Json() {}

  static void send(HttpServerExchange exchange, int status, JsonNode json) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(json.toPrettyString() + "\n");
  }

  /** What is wrong, in one line. */
  static void refuse(HttpServerExchange exchange, int status, String why) {
    send(exchange, status, JsonNodeFactory.instance.objectNode().put("error", why));
  }

  /** Says at least what a status of failure means, where nothing else is said. */
  static boolean explain(HttpServerExchange exchange) {
    int status = exchange.getStatusCode();
    if (status < StatusCodes.BAD_REQUEST) {
      return false;
    }
    refuse(
        exchange,
        status,
        "%s %s: %s"
            .formatted(
                exchange.getRequestMethod(),
                exchange.getRequestPath(),
                StatusCodes.getReason(status)));
    return true;
  }

  /** Answers, or says why not. */
  static void answer(HttpServerExchange exchange, Supplier<JsonNode> answer) {
    try {
      send(exchange, StatusCodes.OK, answer.get());
    } catch (UnusableRequest e) {
      refuse(exchange, StatusCodes.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (MeshFailure e) {
      refuse(exchange, StatusCodes.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      refuse(
          exchange,
          StatusCodes.INTERNAL_SERVER_ERROR,
          "This is a fault of the walkthrough itself, please report it: %s at %s"
              .formatted(e, e.getStackTrace().length == 0 ? "?" : e.getStackTrace()[0]));
    }
  }
}
