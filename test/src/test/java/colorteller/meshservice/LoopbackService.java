package colorteller.meshservice;

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

/** The service as {@link Main} starts it, but for Envoys that listen on 127.0.0.1 only. */
final class LoopbackService {

  static final String EGRESS_PORT = "TEST_EGRESS_PORT";

  private LoopbackService() {}

  public static void main(String[] arguments) throws Exception {
    MeshService service =
        new MeshService(
            Settings.of(System.getenv()), mesh -> new Loopback(), System.out, Clock.systemUTC());
    Runtime.getRuntime().addShutdownHook(new Thread(service::close));
    System.out.println("admin " + service.adminAddress().getPort());
    new CountDownLatch(1).await();
  }

  private static final class Loopback extends AwsTask {

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
      return List.of(socket(Integer.parseInt(System.getenv(EGRESS_PORT))));
    }

    private static SocketAddress socket(int port) {
      return SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port).build();
    }
  }
}
