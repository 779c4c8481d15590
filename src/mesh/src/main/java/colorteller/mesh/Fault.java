package colorteller.mesh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * How a stand-in application fails, because it is told to. Its text is such as {@code status=503,
 * delay=250ms, times=2}.
 *
 * @param status the HTTP status that it answers
 * @param grpcStatus the gRPC status that it answers
 * @param reset whether it resets the stream, or the connection where there is no stream
 * @param delay how long it waits before it does anything
 * @param times how many tries of a request meet the fault; empty for all
 */
public record Fault(
    OptionalInt status, OptionalInt grpcStatus, boolean reset, Duration delay, OptionalInt times) {

  /** No fault at all. */
  public static final Fault NONE =
      new Fault(
          OptionalInt.empty(), OptionalInt.empty(), false, Duration.ZERO, OptionalInt.empty());

  /** The header by which a request asks for a fault; its value is a fault's text. */
  public static final String HEADER = "x-walkthrough-fault";

  /** gRPC's status codes, each at its own number. */
  private static final List<String> GRPC_STATUSES =
      List.of(
          "ok",
          "cancelled",
          "unknown",
          "invalid-argument",
          "deadline-exceeded",
          "not-found",
          "already-exists",
          "permission-denied",
          "resource-exhausted",
          "failed-precondition",
          "aborted",
          "out-of-range",
          "unimplemented",
          "internal",
          "unavailable",
          "data-loss",
          "unauthenticated");

  private static final String ALLOWED =
      "allowed are status=200 to 599, grpc-status=NAME such as unavailable, reset, delay=TIME such as"
          + " 250ms or 2s, times=NUMBER, with commas between";

  private static final Pattern DELAY = Pattern.compile("([0-9]{1,6})(ms|s)");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  /**
   * Reads a fault's text.
   *
   * @throws IllegalArgumentException if it is none; the message says what is allowed
   */
  public static Fault parse(String text) {
    Fault fault = NONE;
    for (String part : text.strip().split("\\s*,\\s*", -1)) {
      String[] words = part.split("=", 2);
      fault = fault.with(words[0], words.length == 2 ? words[1] : "", text);
    }
    return fault;
  }

  private Fault with(String word, String value, String text) {
    return switch (word) {
      case "status" -> new Fault(number(value, 200, 599, text), grpcStatus, reset, delay, times);
      case "grpc-status" -> new Fault(status, grpcStatus(value, text), reset, delay, times);
      case "reset" -> {
        if (!value.isEmpty()) {
          throw notAllowed(text);
        }
        yield new Fault(status, grpcStatus, true, delay, times);
      }
      case "delay" -> new Fault(status, grpcStatus, reset, delay(value, text), times);
      case "times" ->
          new Fault(status, grpcStatus, reset, delay, number(value, 1, Integer.MAX_VALUE, text));
      default -> throw notAllowed(text);
    };
  }

  private static OptionalInt number(String value, int least, int most, String text) {
    if (!NUMBER.matcher(value).matches()
        || Integer.parseInt(value) < least
        || Integer.parseInt(value) > most) {
      throw notAllowed(text);
    }
    return OptionalInt.of(Integer.parseInt(value));
  }

  private static OptionalInt grpcStatus(String value, String text) {
    return OptionalInt.of(
        IntStream.range(0, GRPC_STATUSES.size())
            .filter(i -> GRPC_STATUSES.get(i).equals(value) || Integer.toString(i).equals(value))
            .findFirst()
            .orElseThrow(() -> notAllowed(text)));
  }

  private static Duration delay(String value, String text) {
    Matcher matcher = DELAY.matcher(value);
    if (!matcher.matches()) {
      throw notAllowed(text);
    }
    long amount = Long.parseLong(matcher.group(1));
    return matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
  }

  private static IllegalArgumentException notAllowed(String text) {
    return new IllegalArgumentException("'%s' is not allowed; %s".formatted(text, ALLOWED));
  }

  /**
   * Whether a client gets an error.
   *
   * @param limit how long an answer may take
   */
  public boolean fails(Duration limit) {
    return reset
        || status.orElse(200) >= 400
        || grpcStatus.orElse(0) != 0
        || delay.compareTo(limit) >= 0;
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    status.ifPresent(code -> parts.add("status=" + code));
    grpcStatus.ifPresent(code -> parts.add("grpc-status=" + GRPC_STATUSES.get(code)));
    if (reset) {
      parts.add("reset");
    }
    if (!delay.isZero()) {
      parts.add("delay=%dms".formatted(delay.toMillis()));
    }
    times.ifPresent(number -> parts.add("times=" + number));
    return String.join(", ", parts);
  }
}
