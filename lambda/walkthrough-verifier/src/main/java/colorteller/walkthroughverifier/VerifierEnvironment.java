package colorteller.walkthroughverifier;

import colorteller.mesh.IpFamily;
import colorteller.verification.Rounds;
import colorteller.verification.VerificationException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the function's environment says.
 *
 * @param variant {@code dns} or {@code cloud}
 * @param mesh the mesh's name in App Mesh, or the name of the SSM parameter that points at it
 * @param isDocument whether it is the latter
 * @param endpoints where the load balancer takes requests for each of the gateway's addresses
 */
record VerifierEnvironment(
    String variant, String mesh, boolean isDocument, Map<IpFamily, URI> endpoints, Rounds rounds) {

  static VerifierEnvironment of(Map<String, String> environment) {
    // Where there is no App Mesh, there is a document.
    boolean isDocument = !environment.getOrDefault("MESH_DOCUMENT", "").isBlank();
    String mesh = isDocument ? "MESH_DOCUMENT" : "MESH_NAME";
    List<String> missing =
        Stream.of(
                "VARIANT",
                mesh,
                "ENDPOINT_IPV4",
                "ENDPOINT_IPV6",
                "ROUNDS",
                "PAUSE_SECONDS",
                "LIMIT_SECONDS")
            .filter(name -> environment.getOrDefault(name, "").isBlank())
            .toList();
    if (!missing.isEmpty()) {
      throw new VerificationException(
          "The function's environment lacks " + String.join(", ", missing));
    }
    Rounds rounds =
        new Rounds(
            number(environment, "ROUNDS"),
            Duration.ofSeconds(number(environment, "PAUSE_SECONDS")),
            Duration.ofSeconds(number(environment, "LIMIT_SECONDS")));
    if (!rounds.fit()) {
      throw new VerificationException(
          "ROUNDS=%d with PAUSE_SECONDS=%d do not fit in LIMIT_SECONDS=%d"
              .formatted(rounds.same(), rounds.pause().toSeconds(), rounds.limit().toSeconds()));
    }
    return new VerifierEnvironment(
        environment.getOrDefault("VARIANT", ""),
        environment.getOrDefault(mesh, ""),
        isDocument,
        Map.of(
            IpFamily.IPV4, URI.create(environment.getOrDefault("ENDPOINT_IPV4", "")),
            IpFamily.IPV6, URI.create(environment.getOrDefault("ENDPOINT_IPV6", ""))),
        rounds);
  }

  private static int number(Map<String, String> environment, String name) {
    String text = environment.getOrDefault(name, "");
    if (!text.matches("[0-9]{1,5}")) {
      throw new VerificationException(
          "%s is '%s'; allowed is a whole number".formatted(name, text));
    }
    return Integer.parseInt(text);
  }
}
