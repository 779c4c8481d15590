package colorteller.mesh;

import java.util.Map;
import java.util.Optional;

/**
 * A file in which an Envoy writes down what passes it.
 *
 * @param path where it is
 * @param format what is written; empty for Envoy's own format
 */
public record FileAccessLog(String path, Optional<Format> format) {

  /** What is written of a request or connection, with Envoy's command operators. */
  public sealed interface Format {

    /** Text, to which nothing is added, no end of line either. */
    record Text(String text) implements Format {}

    /** An object a line, by its keys. */
    record Json(Map<String, String> values) implements Format {}
  }
}
