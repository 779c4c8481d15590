package colorteller.local;

import static java.util.stream.Collectors.toCollection;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Chooses ports that are free on 127.0.0.1 and on ::1. Below the range from which systems choose
 * ports for outgoing connections (Linux 32768, macOS 49152), or one of those could take a port
 * while its listener moves.
 *
 * <p>A datagram socket at the same number, which is held until this is closed, keeps another run
 * from choosing a port that is not bound yet.
 */
final class Ports implements AutoCloseable {

  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;

  private final Set<Integer> tried = new HashSet<>();
  private final List<DatagramChannel> held = new ArrayList<>();

  /** Ports for every proxy of a mesh. */
  Map<ProxyId, ProxyPorts> of(Mesh mesh) {
    Map<ProxyId, ProxyPorts> result = new LinkedHashMap<>();
    mesh.gateways()
        .values()
        .forEach(g -> result.put(ProxyId.of(mesh, g), proxy(g.listeners(), Set.of())));
    mesh.nodes()
        .values()
        .forEach(n -> result.put(ProxyId.of(mesh, n), proxy(n.listeners(), sentTo(mesh, n))));
    return result;
  }

  /** The ports of what a node sends to. */
  private static Set<Integer> sentTo(Mesh mesh, VirtualNode node) {
    return node.backends().stream()
        .flatMap(backend -> Stream.ofNullable(mesh.services().get(backend.virtualService())))
        .flatMap(service -> mesh.routes().ports(service).stream())
        .map(VirtualRouter.PortMapping::port)
        .collect(toCollection(TreeSet::new));
  }

  private ProxyPorts proxy(List<Listener> listeners, Set<Integer> sentTo) {
    List<Integer> ports = listeners.stream().map(Listener::port).toList();
    // One at which nothing is for a backend, as every Envoy has.
    List<Integer> egress = new ArrayList<>(List.of(EnvoyPorts.EGRESS));
    egress.addAll(sentTo);
    return new ProxyPorts(next(), each(ports), each(egress), each(ports));
  }

  private Map<Integer, Integer> each(List<Integer> ports) {
    Map<Integer, Integer> result = new LinkedHashMap<>();
    ports.forEach(port -> result.computeIfAbsent(port, p -> next()));
    return result;
  }

  /** A port that is free on both loopback addresses and was not given before. */
  private int next() {
    for (int tries = 0; tries < LAST - FIRST; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (tried.add(port) && free(port) && hold(port)) {
        return port;
      }
    }
    throw new MeshFailure("no free port between %d and %d on loopback".formatted(FIRST, LAST));
  }

  private static boolean free(int port) {
    for (IpFamily family : IpFamily.values()) {
      try (ServerSocketChannel channel = ServerSocketChannel.open()) {
        channel.bind(family.socketAddress(port));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  /** Whether no other run holds it. */
  private boolean hold(int port) {
    try {
      DatagramChannel channel = DatagramChannel.open();
      held.add(channel);
      channel.bind(IpFamily.IPV4.socketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    for (DatagramChannel channel : held) {
      channel.close();
    }
  }
}
