package colorteller.infra;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values of the CDK's context, by their keys. One that is not allowed is a {@link
 * SettingsException}, which says what is.
 */
record SettingValues(Map<String, Object> values) {

  boolean has(String key) {
    return values.containsKey(key);
  }

  boolean flag(String key) {
    return choice(key, List.of("true", "false")).map(Boolean::valueOf).orElse(false);
  }

  /** A value as cdk.json writes it, such as {@code 2}, or as -c does: {@code "2"}. */
  Optional<String> choice(String key, List<String> allowed) {
    if (!values.containsKey(key)) {
      return Optional.empty();
    }
    String value = String.valueOf(values.get(key));
    if (!allowed.contains(value)) {
      throw refused(key, value, String.join(", ", allowed));
    }
    return Optional.of(value);
  }

  Optional<String> name(String key, String pattern, String allowed) {
    if (!values.containsKey(key)) {
      return Optional.empty();
    }
    String value = text(key, allowed);
    if (!value.matches(pattern)) {
      throw refused(key, value, allowed);
    }
    return Optional.of(value);
  }

  String text(String key, String allowed) {
    if (values.get(key) instanceof String text) {
      return text;
    }
    throw refused(key, String.valueOf(values.get(key)), allowed);
  }

  static SettingsException refused(String key, Object value, String allowed) {
    return new SettingsException(
        "context value %s='%s' is not allowed; allowed: %s"
            .formatted(key, Similar.shortened(String.valueOf(value)), allowed));
  }
}
