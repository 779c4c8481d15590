package colorteller.controlplane;

import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.RouteTable;
import colorteller.mesh.Timeouts;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualRouter.Route;
import colorteller.mesh.VirtualService;
import colorteller.mesh.WeightedTarget;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A virtual service at one of its ports.
 *
 * @param name the virtual service's name
 * @param port where clients send to
 * @param protocol what they speak
 * @param routes what becomes of it, in the order in which that is tried
 */
record ServicePort(String name, int port, Protocol protocol, List<Route> routes) {

  /** All ports of a virtual service; none where nothing that is known provides it. */
  static List<ServicePort> of(Mesh mesh, VirtualService service) {
    return service.provider().map(provider -> of(mesh, service.name(), provider)).orElse(List.of());
  }

  private static List<ServicePort> of(Mesh mesh, String name, VirtualService.Provider provider) {
    if (provider instanceof VirtualService.Provider.Node node) {
      return Stream.ofNullable(mesh.nodes().get(node.name()))
          .flatMap(known -> known.listeners().stream().map(listener -> of(name, known, listener)))
          .toList();
    }
    return Stream.ofNullable(mesh.routers().get(((VirtualService.Provider.Router) provider).name()))
        .flatMap(router -> router.listeners().stream().map(port -> of(name, router, port)))
        .toList();
  }

  private static ServicePort of(String name, VirtualNode node, Listener listener) {
    return new ServicePort(
        name,
        listener.port(),
        listener.protocol(),
        List.of(
            new Route(
                node.name(),
                RouteTable.NO_PRIORITY,
                listener.protocol(),
                RouteMatch.EVERYTHING,
                List.of(new WeightedTarget(node.name(), 1, Optional.of(listener.port()))),
                Optional.empty(),
                Timeouts.DEFAULT)));
  }

  private static ServicePort of(String name, VirtualRouter router, VirtualRouter.PortMapping port) {
    return new ServicePort(
        name,
        port.port(),
        port.protocol(),
        router.routes().stream()
            .filter(route -> route.protocol() == port.protocol())
            .filter(route -> route.match().isFor(port.port()))
            .toList());
  }
}
