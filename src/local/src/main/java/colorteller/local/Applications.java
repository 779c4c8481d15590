package colorteller.local;

import colorteller.colorteller.ColorTeller;
import colorteller.colorteller.IpFamilies;
import colorteller.mesh.IpFamily;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The applications behind the nodes, in this process. */
final class Applications implements AutoCloseable {

  /** An application, and where it listens. */
  record Application(int port, Set<IpFamily> families, ColorTeller server) {

    /** Whether it answers its health check on a loopback address. */
    boolean answersOn(IpFamily family) {
      try {
        HttpURLConnection connection =
            LoopbackHttp.to(
                URI.create("http://" + EnvoyProcess.hostAndPort(family.loopback(), port) + "/ping"),
                LIMIT_MILLIS);
        connection.setRequestProperty("Connection", "close");
        return connection.getResponseCode() == 200;
      } catch (IOException e) {
        return false;
      }
    }
  }

  private static final int LIMIT_MILLIS = 10_000;

  private final Map<String, Application> applications = new LinkedHashMap<>();

  /** Starts the application of a node. */
  void start(VirtualNode node, Workload workload, int port) throws IOException {
    ColorTeller server =
        ColorTeller.start(
            port, workload.answer(), IpFamilies.parse(IpFamily.word(workload.application())));
    applications.put(node.name(), new Application(port, workload.application(), server));
  }

  Application of(VirtualNode node) {
    return Objects.requireNonNull(applications.get(node.name()));
  }

  /**
   * Fails if one does not answer where it listens.
   *
   * @throws MeshFailure which names its node
   */
  void supervise() {
    applications.forEach(
        (node, application) -> {
          for (IpFamily family : application.families()) {
            if (!application.answersOn(family)) {
              throw new MeshFailure(
                  "The application of %s does not answer at %s any more."
                      .formatted(node, family.loopback()));
            }
          }
        });
  }

  @Override
  public void close() {
    applications.values().forEach(application -> application.server().close());
  }
}
