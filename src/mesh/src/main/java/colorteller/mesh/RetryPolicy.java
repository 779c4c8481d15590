package colorteller.mesh;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * When a request that failed is sent again.
 *
 * @param maxRetries how often, at most
 * @param perRetryTimeout for each attempt; zero for no limit of its own
 * @param events after what
 */
public record RetryPolicy(int maxRetries, Duration perRetryTimeout, Set<Event> events) {

  /** After what a request is sent again: App Mesh's words, and Envoy's. */
  public enum Event {
    // spotless:off
    //                 App Mesh's property, its word              Envoy's retry_on
    SERVER_ERROR(      Kind.HTTP, "server-error",                 "5xx"),
    GATEWAY_ERROR(     Kind.HTTP, "gateway-error",                "gateway-error"),
    CLIENT_ERROR(      Kind.HTTP, "client-error",                 "retriable-4xx"),
    STREAM_ERROR(      Kind.HTTP, "stream-error",                 "refused-stream"),
    CONNECTION_ERROR(  Kind.TCP,  "connection-error",             "connect-failure"),
    CANCELLED(         Kind.GRPC, "cancelled",                    "cancelled"),
    DEADLINE_EXCEEDED( Kind.GRPC, "deadline-exceeded",            "deadline-exceeded"),
    INTERNAL(          Kind.GRPC, "internal",                     "internal"),
    RESOURCE_EXHAUSTED(Kind.GRPC, "resource-exhausted",           "resource-exhausted"),
    UNAVAILABLE(       Kind.GRPC, "unavailable",                  "unavailable");
    // spotless:on

    /** The property of a retry policy that lists it: {@code HttpRetryEvents} and so on. */
    public enum Kind {
      HTTP,
      TCP,
      GRPC
    }

    private final Kind kind;
    private final String word;
    private final String retryOn;

    Event(Kind kind, String word, String retryOn) {
      this.kind = kind;
      this.word = word;
      this.retryOn = retryOn;
    }

    /** As a template spells it. */
    public String word() {
      return word;
    }

    /** As Envoy spells it. */
    public String retryOn() {
      return retryOn;
    }

    /** Those that a property may list. */
    public static List<Event> of(Kind kind) {
      return Arrays.stream(values()).filter(event -> event.kind == kind).toList();
    }
  }
}
