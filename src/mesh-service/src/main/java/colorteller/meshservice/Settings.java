package colorteller.meshservice;

import static java.util.stream.Collectors.joining;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the service is told at its start, by variables of its environment.
 *
 * @param name what it is called in metrics
 * @param meshes names of SSM parameters, each with the document of a mesh
 * @param listen where Envoys connect
 * @param admin where health, metrics and proxies are asked for
 * @param identity where its key and certificate are; without, it serves this machine only
 * @param trustBundle where the certificates are of those that may sign an Envoy's
 * @param documentInterval how often documents are looked for
 * @param instancesInterval how often Cloud Map is asked for a service's instances
 * @param certificatesInterval how often identity and trust bundle are read again
 * @param metricsInterval how often metrics are written for CloudWatch; zero for never
 */
public record Settings(
    String name,
    List<String> meshes,
    InetSocketAddress listen,
    InetSocketAddress admin,
    Optional<String> identity,
    Optional<String> trustBundle,
    Duration documentInterval,
    Duration instancesInterval,
    Duration certificatesInterval,
    Duration metricsInterval) {

  /** The variables, with their defaults. */
  // spotless:off
  public enum Variable {
    CONTROL_PLANE_NAME          ("control-plane"),
    CONTROL_PLANE_MESHES        (""),
    CONTROL_PLANE_LISTEN        ("127.0.0.1:18000"),
    CONTROL_PLANE_ADMIN         ("127.0.0.1:18001"),
    CONTROL_PLANE_IDENTITY      (""),
    CONTROL_PLANE_TRUST_BUNDLE  (""),
    CONTROL_PLANE_DOCUMENT_SECONDS    ("2"),
    CONTROL_PLANE_INSTANCES_SECONDS   ("5"),
    CONTROL_PLANE_CERTIFICATES_SECONDS("30"),
    CONTROL_PLANE_METRICS_SECONDS     ("60");
    // spotless:on

    private final String standard;

    Variable(String standard) {
      this.standard = standard;
    }

    /** The value where none is given; empty text where there is none. */
    public String standard() {
      return standard;
    }
  }

  private static final String PREFIX = "CONTROL_PLANE_";

  /**
   * Reads the environment.
   *
   * @throws UnusableSettings which says what is wrong
   */
  public static Settings of(Map<String, String> environment) {
    environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX))
        .filter(name -> Stream.of(Variable.values()).noneMatch(v -> v.name().equals(name)))
        .findFirst()
        .ifPresent(
            name -> {
              throw new UnusableSettings(
                  "%s is no setting; allowed are %s"
                      .formatted(
                          name,
                          Stream.of(Variable.values()).map(Enum::name).collect(joining(", "))));
            });
    Reader read = new Reader(environment);
    Optional<String> identity = read.optional(Variable.CONTROL_PLANE_IDENTITY);
    Optional<String> trust = read.optional(Variable.CONTROL_PLANE_TRUST_BUNDLE);
    if (identity.isPresent() != trust.isPresent()) {
      throw new UnusableSettings(
          "CONTROL_PLANE_IDENTITY and CONTROL_PLANE_TRUST_BUNDLE go together; give both, or neither on this machine");
    }
    List<String> meshes =
        Stream.of(read.text(Variable.CONTROL_PLANE_MESHES).split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList();
    if (meshes.isEmpty()) {
      throw new UnusableSettings(
          "CONTROL_PLANE_MESHES names no SSM parameter; give the names of those that hold the meshes' documents, separated by commas");
    }
    // What SSM answers for one with a version, a label or an ARN has another name.
    meshes.stream()
        .filter(name -> name.contains(":"))
        .findFirst()
        .ifPresent(
            name -> {
              throw new UnusableSettings(
                  "CONTROL_PLANE_MESHES '%s' is not allowed; allowed are names of SSM parameters without a version, a label or an ARN, such as /shop/mesh"
                      .formatted(name));
            });
    InetSocketAddress listen = read.address(Variable.CONTROL_PLANE_LISTEN);
    if (identity.isEmpty() && !listen.getAddress().isLoopbackAddress()) {
      throw new UnusableSettings(
          "CONTROL_PLANE_LISTEN '%s' can be reached by others; without CONTROL_PLANE_IDENTITY and CONTROL_PLANE_TRUST_BUNDLE only a loopback address is allowed"
              .formatted(read.text(Variable.CONTROL_PLANE_LISTEN)));
    }
    return new Settings(
        read.text(Variable.CONTROL_PLANE_NAME),
        meshes,
        listen,
        read.address(Variable.CONTROL_PLANE_ADMIN),
        identity,
        trust,
        read.seconds(Variable.CONTROL_PLANE_DOCUMENT_SECONDS, 1),
        read.seconds(Variable.CONTROL_PLANE_INSTANCES_SECONDS, 1),
        read.seconds(Variable.CONTROL_PLANE_CERTIFICATES_SECONDS, 1),
        read.seconds(Variable.CONTROL_PLANE_METRICS_SECONDS, 0));
  }

  private record Reader(Map<String, String> environment) {

    private static final Set<Variable> PEM =
        EnumSet.of(Variable.CONTROL_PLANE_IDENTITY, Variable.CONTROL_PLANE_TRUST_BUNDLE);

    private static final int MOST_SECONDS = 3600;

    String text(Variable variable) {
      String text = environment.getOrDefault(variable.name(), variable.standard()).strip();
      // Where a key is, others say in logs and metrics; so the key itself must not be taken for it.
      if (text.contains("-----BEGIN") || text.lines().count() > 1) {
        throw new UnusableSettings(
            "%s is PEM text or has several lines, and may be a secret that is not repeated here; %s"
                .formatted(
                    variable,
                    PEM.contains(variable)
                        ? "give the path of a file that holds it, or ssm: and the name of an SSM parameter"
                        : "allowed is one line"));
      }
      return text;
    }

    Optional<String> optional(Variable variable) {
      return Optional.of(text(variable)).filter(text -> !text.isEmpty());
    }

    Duration seconds(Variable variable, int least) {
      String text = text(variable);
      if (!text.matches("[0-9]{1,4}")
          || Integer.parseInt(text) < least
          || Integer.parseInt(text) > MOST_SECONDS) {
        throw new UnusableSettings(
            "%s '%s' is not allowed; allowed are whole seconds from %d to %d"
                .formatted(variable, text, least, MOST_SECONDS));
      }
      return Duration.ofSeconds(Integer.parseInt(text));
    }

    InetSocketAddress address(Variable variable) {
      String text = text(variable);
      int colon = text.lastIndexOf(':');
      String port = text.substring(colon + 1);
      if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
        throw new UnusableSettings(
            "%s '%s' is not allowed; allowed is an address and a port, such as 127.0.0.1:18000 or [::]:18000"
                .formatted(variable, text));
      }
      InetSocketAddress address =
          new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
      if (address.isUnresolved()) {
        throw new UnusableSettings(
            "%s '%s' has no address of this machine".formatted(variable, text));
      }
      return address;
    }
  }
}
