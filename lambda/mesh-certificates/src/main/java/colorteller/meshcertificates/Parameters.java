package colorteller.meshcertificates;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** The SSM parameters of a mesh's certificates, by their names below the common prefix. */
final class Parameters {

  /** AWS's own key for SSM: who may read a parameter may decrypt it. */
  static final String AWS_KEY = "alias/aws/ssm";

  // DeleteParameters takes no more.
  private static final int BATCH = 10;

  /**
   * One of them.
   *
   * @param changed when its value was last put
   */
  record Parameter(String value, Instant changed) {

    /** A record would write a key down. */
    @Override
    public String toString() {
      return "a parameter of " + changed;
    }
  }

  private final SsmClient ssm;
  private final String prefix;
  private final Map<String, Parameter> all = new TreeMap<>();

  private Parameters(SsmClient ssm, String prefix) {
    this.ssm = ssm;
    this.prefix = prefix + "/";
  }

  /** All that are there now. */
  static Parameters read(SsmClient ssm, String prefix) {
    Parameters parameters = new Parameters(ssm, prefix);
    stored(ssm, prefix, true)
        .forEach(
            parameter ->
                parameters.all.put(
                    parameter.name().substring(parameters.prefix.length()),
                    new Parameter(parameter.value(), parameter.lastModifiedDate())));
    return parameters;
  }

  /** Deletes all that are there now, for which nothing need be decrypted: a key may have gone. */
  static void deleteAll(SsmClient ssm, String prefix) {
    delete(ssm, stored(ssm, prefix, false).map(parameter -> parameter.name()).toList());
  }

  private static Stream<software.amazon.awssdk.services.ssm.model.Parameter> stored(
      SsmClient ssm, String prefix, boolean decrypted) {
    return ssm
        .getParametersByPathPaginator(
            request -> request.path(prefix).recursive(true).withDecryption(decrypted))
        .stream()
        .flatMap(page -> page.parameters().stream());
  }

  Map<String, Parameter> all() {
    return new HashMap<>(all);
  }

  Optional<Parameter> get(String name) {
    return Optional.ofNullable(all.get(name));
  }

  Optional<String> value(String name) {
    return get(name).map(Parameter::value);
  }

  /**
   * Puts one that is not there.
   *
   * @param key by which KMS encrypts it
   * @throws software.amazon.awssdk.services.ssm.model.ParameterAlreadyExistsException if another
   *     run was faster
   */
  void create(String name, String value, String key, Instant now) {
    put(name, value, key, now, false);
  }

  void put(String name, String value, String key, Instant now) {
    put(name, value, key, now, true);
  }

  private void put(String name, String value, String key, Instant now, boolean overwrite) {
    ssm.putParameter(
        request ->
            request
                .name(prefix + name)
                .type(ParameterType.SECURE_STRING)
                .keyId(key)
                .value(value)
                .overwrite(overwrite));
    all.put(name, new Parameter(value, now));
  }

  void delete(Collection<String> names) {
    delete(ssm, names.stream().map(prefix::concat).toList());
    all.keySet().removeAll(names);
  }

  private static void delete(SsmClient ssm, List<String> full) {
    for (int i = 0; i < full.size(); i += BATCH) {
      List<String> some = full.subList(i, Math.min(i + BATCH, full.size()));
      ssm.deleteParameters(request -> request.names(some));
    }
  }
}
