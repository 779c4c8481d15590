package colorteller.local;

import colorteller.colorteller.ColorTeller;
import colorteller.colorteller.IpFamilies;
import colorteller.mesh.Fault;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import colorteller.standin.StandIn;
import colorteller.standin.StandIns;
import java.io.Closeable;
import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The applications behind the nodes, in this process: the walkthrough's own, or stand-ins. */
final class Applications implements AutoCloseable {

  /** Where an application listens. */
  record Application(int port, Set<IpFamily> families, Closeable server) {

    /** Whether it takes a connection on a loopback address. */
    boolean answersOn(IpFamily family) {
      // Whatever this machine says of proxies.
      try (Socket socket = new Socket(Proxy.NO_PROXY)) {
        socket.connect(family.socketAddress(port), LIMIT_MILLIS);
        return true;
      } catch (IOException e) {
        return false;
      }
    }
  }

  /** A listener's application. */
  private record Key(String node, int listenerPort) {}

  private static final int LIMIT_MILLIS = 10_000;

  private final Map<Key, Application> applications = new LinkedHashMap<>();
  private @Nullable StandIns standIns;

  /** Starts the application behind a listener of a node. */
  void start(VirtualNode node, Listener listener, Workload workload, int port) throws IOException {
    applications.put(
        new Key(node.name(), listener.port()),
        new Application(
            port,
            workload.application(),
            workload.standIn().isPresent()
                ? standIns()
                    .start(
                        standIn(node, listener, workload.standIn().get()),
                        workload.application().stream()
                            .map(family -> family.socketAddress(port))
                            .toList())
                : ColorTeller.start(
                        port,
                        workload.answer(),
                        IpFamilies.parse(IpFamily.word(workload.application())))
                    ::close));
  }

  private StandIns standIns() {
    if (standIns == null) {
      standIns = new StandIns();
    }
    return standIns;
  }

  private static StandIn standIn(VirtualNode node, Listener listener, Fault fault) {
    StandIn.Protocol protocol =
        switch (listener.protocol()) {
          case HTTP -> StandIn.Protocol.HTTP;
          case HTTP2, GRPC -> StandIn.Protocol.HTTP2;
          // Whoever is asked by HTTP whether it is well speaks HTTP.
          case TCP ->
              listener
                      .healthCheck()
                      .map(HealthCheck::protocol)
                      .filter(check -> check.hasRequests())
                      .isPresent()
                  ? StandIn.Protocol.ANY_HTTP
                  : StandIn.Protocol.TCP;
        };
    return new StandIn(node.name(), listener.port(), protocol, fault);
  }

  Application of(VirtualNode node, Listener listener) {
    return Objects.requireNonNull(applications.get(new Key(node.name(), listener.port())));
  }

  /** How many tries of a request the stand-ins have seen. */
  int attempts(String requestId) {
    return standIns().attempts(requestId);
  }

  /**
   * Fails if one does not answer where it listens.
   *
   * @throws MeshFailure which names its node
   */
  void supervise() {
    applications.forEach(
        (key, application) -> {
          for (IpFamily family : application.families()) {
            if (!application.answersOn(family)) {
              throw new MeshFailure(
                  "The application of %s does not answer at %s any more."
                      .formatted(key.node(), family.loopback()));
            }
          }
        });
  }

  @Override
  public void close() throws IOException {
    for (Application application : applications.values()) {
      application.server().close();
    }
    if (standIns != null) {
      standIns.close();
    }
  }
}
