package colorteller.meshcertificates;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the function's environment says.
 *
 * @param parameters what the names of its SSM parameters begin with
 * @param cluster name or ARN of the ECS cluster whose tasks are given certificates
 * @param authorityKey ARN of KMS's key for the authority's own, which nobody else may use
 */
record MeshCertificatesEnvironment(String parameters, String cluster, String authorityKey) {

  static MeshCertificatesEnvironment of(Map<String, String> environment) {
    List<String> missing =
        Stream.of("PARAMETERS", "CLUSTER", "AUTHORITY_KEY")
            .filter(name -> environment.getOrDefault(name, "").isBlank())
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "The function's environment lacks " + String.join(", ", missing));
    }
    return new MeshCertificatesEnvironment(
        environment.getOrDefault("PARAMETERS", ""),
        environment.getOrDefault("CLUSTER", ""),
        environment.getOrDefault("AUTHORITY_KEY", ""));
  }
}
