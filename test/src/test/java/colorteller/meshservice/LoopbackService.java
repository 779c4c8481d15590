package colorteller.meshservice;

import static java.util.stream.Collectors.joining;

import colorteller.acceptance.Ports;
import colorteller.controlplane.AwsTask;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Listener;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** The service as {@link Main} starts it, but for Envoys that listen on 127.0.0.1 only. */
final class LoopbackService {

  /**
   * The port at which a mesh's gateway takes its own requests: MESH=PORT, with commas between. Two
   * Envoys with one port would share it, and each would be given the other's requests.
   */
  static final String EGRESS_PORTS = "TEST_EGRESS_PORTS";

  private LoopbackService() {}

  /** Free ports for {@link #EGRESS_PORTS}. */
  static String egressPorts(Colors... meshes) {
    return Stream.of(meshes).map(mesh -> mesh.name() + "=" + Ports.free()).collect(joining(","));
  }

  public static void main(String[] arguments) throws Exception {
    MeshService service =
        new MeshService(
            Settings.of(System.getenv()),
            mesh -> new Loopback(mesh.name()),
            System.out,
            Clock.systemUTC());
    Runtime.getRuntime().addShutdownHook(new Thread(service::close));
    System.out.println("admin " + service.adminAddress().getPort());
    new CountDownLatch(1).await();
  }

  private static final class Loopback extends AwsTask {

    private final int egressPort;

    Loopback(String mesh) {
      egressPort =
          Stream.of(System.getenv(EGRESS_PORTS).split(","))
              .filter(port -> port.startsWith(mesh + "="))
              .mapToInt(port -> Integer.parseInt(port.substring(mesh.length() + 1)))
              .findFirst()
              .orElseThrow();
    }

    @Override
    public List<SocketAddress> ingress(
        VirtualGateway gateway, Listener listener, ListenerBinding binding) {
      return List.of(socket(listener.port()));
    }

    @Override
    public List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding) {
      return List.of(socket(0));
    }

    @Override
    public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
      return List.of(socket(egressPort));
    }

    private static SocketAddress socket(int port) {
      return SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port).build();
    }
  }
}
