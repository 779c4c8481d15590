package colorteller.mesh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A request as whoever takes it sees it, or a connection of TCP.
 *
 * @param protocol what is spoken
 * @param port the port that it is for
 * @param method its method
 * @param scheme {@code http} or {@code https}
 * @param host its host, without a port
 * @param path its path with its query
 * @param headers its other headers, by their names in lower case
 */
public record Call(
    Protocol protocol,
    int port,
    String method,
    String scheme,
    String host,
    String path,
    SortedMap<String, String> headers) {

  /** What App Mesh allowed a route to ask for. */
  public static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT");

  /** Asks for a tunnel instead of an answer. No application here gives one. */
  public static final String CONNECT = "CONNECT";

  public static final List<String> SCHEMES = List.of("http", "https");

  /** The header from which Envoy has the scheme that a client used. */
  public static final String SCHEME_HEADER = "x-forwarded-proto";

  public Call {
    SortedMap<String, String> lower = new TreeMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    headers = lower;
  }

  /** The plainest request of a path. */
  public static Call of(Protocol protocol, int port, String host, String path) {
    return new Call(
        protocol,
        port,
        protocol == Protocol.GRPC ? "POST" : "GET",
        "http",
        host,
        path,
        new TreeMap<>());
  }

  /** The same for another host, path and port. */
  Call to(Protocol otherProtocol, int otherPort, String otherHost, String otherPath) {
    return new Call(otherProtocol, otherPort, method, scheme, otherHost, otherPath, headers);
  }

  public String pathWithoutQuery() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  /**
   * As Envoy sees it before it looks for a route: several slashes count as one, and the segments
   * {@code .} and {@code ..} are followed.
   */
  Call normalized() {
    if (!protocol.hasRequests() || !path.startsWith("/")) {
      return this;
    }
    String[] segments = pathWithoutQuery().substring(1).split("/", -1);
    List<String> followed = new ArrayList<>();
    for (String segment : segments) {
      String dots = segment.replaceAll("(?i)%2e", ".");
      if (dots.equals("..") && !followed.isEmpty()) {
        followed.remove(followed.size() - 1);
      } else if (!dots.equals("..") && !dots.equals(".")) {
        followed.add(segment);
      }
    }
    if (segments[segments.length - 1].matches("(?i)(\\.|%2e){1,2}")) {
      followed.add("");
    }
    String whole = "/" + String.join("/", followed);
    return withPath(whole.replaceAll("/{2,}", "/") + query());
  }

  /** The question mark and what is behind it; empty text without. */
  String query() {
    return path.substring(pathWithoutQuery().length());
  }

  /** The value of a header; HTTP/2 has the method and its like among them, and so has Envoy. */
  Optional<String> header(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case ":method" -> Optional.of(method);
      // Envoy adds the second where a client has not said it.
      case ":scheme", SCHEME_HEADER -> Optional.of(scheme);
      case ":path" -> Optional.of(path);
      case ":authority", "host" -> Optional.of(host);
      default -> Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    };
  }

  /** The first value of a query parameter, as it is written. */
  Optional<String> queryParameter(String name) {
    return query().isEmpty()
        ? Optional.empty()
        : Arrays.stream(query().substring(1).split("&", -1))
            .map(parameter -> parameter.split("=", 2))
            .filter(parameter -> parameter[0].equals(name))
            .map(parameter -> parameter.length == 2 ? parameter[1] : "")
            .findFirst();
  }

  /** The same with another path. */
  public Call withPath(String other) {
    return new Call(protocol, port, method, scheme, host, other, headers);
  }

  /** The same with another method. */
  public Call withMethod(String other) {
    return new Call(protocol, port, other, scheme, host, path, headers);
  }

  /** With the header that says it, since a connection on this machine does not. */
  public Call withScheme(String other) {
    return new Call(protocol, port, method, other, host, path, headers)
        .withPlainHeader(SCHEME_HEADER, Optional.of(other));
  }

  /** The same for another host. */
  public Call withHost(String other) {
    return new Call(protocol, port, method, scheme, other, path, headers);
  }

  /**
   * With a header of this value, or without it. Of the headers that say what every request has, as
   * {@link #header} knows them, only the value can change.
   */
  public Call withHeader(String name, Optional<String> value) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      // Of gRPC every method is POST.
      case ":method" -> protocol == Protocol.GRPC ? this : value.map(this::withMethod).orElse(this);
      case ":scheme", SCHEME_HEADER -> value.map(this::withScheme).orElse(this);
      case ":path" -> value.map(this::withPath).orElse(this);
      case ":authority", "host" -> value.map(this::withHost).orElse(this);
      default -> withPlainHeader(name, value);
    };
  }

  private Call withPlainHeader(String name, Optional<String> value) {
    SortedMap<String, String> others = new TreeMap<>(headers);
    others.remove(name.toLowerCase(Locale.ROOT));
    value.ifPresent(text -> others.put(name.toLowerCase(Locale.ROOT), text));
    return new Call(protocol, port, method, scheme, host, path, others);
  }

  /** How it tells the application that stands in for the real one to fail, if it does. */
  public Optional<Fault> fault() {
    return protocol.hasRequests() ? header(Fault.HEADER).map(Fault::parse) : Optional.empty();
  }

  /** With a query parameter of this value, or without it. */
  Call withQueryParameter(String name, Optional<String> value) {
    List<String> parameters = new ArrayList<>();
    if (!query().isEmpty()) {
      for (String parameter : query().substring(1).split("&", -1)) {
        if (!parameter.split("=", 2)[0].equals(name)) {
          parameters.add(parameter);
        }
      }
    }
    value.ifPresent(text -> parameters.add(name + "=" + text));
    return withPath(
        pathWithoutQuery() + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters)));
  }

  /** What tells it from others, for a person: such as {@code POST /a (x-stage: beta)}. */
  public String words() {
    if (!protocol.hasRequests()) {
      return "a connection";
    }
    StringBuilder words = new StringBuilder();
    // Of gRPC every method is POST.
    if (!method.equals("GET") && protocol != Protocol.GRPC) {
      words.append(method).append(' ');
    }
    words.append(path);
    String others =
        String.join(
            ", ",
            headers.entrySet().stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .toList());
    return words.append(others.isEmpty() ? "" : " (" + others + ")").toString();
  }
}
