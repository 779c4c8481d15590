package colorteller.local;

import colorteller.mesh.VirtualNode;

/** Breaks parts of a local mesh, as accidents do. */
public final class Break {

  private Break() {}

  public static void envoy(LocalMesh local, VirtualNode node) {
    local.network().envoys().of(local.proxy(node)).forEach(EnvoyProcess::close);
  }

  public static void application(LocalMesh local, VirtualNode node) throws Exception {
    ((LoopbackNetwork) local.network())
        .application(node, node.listener().orElseThrow())
        .server()
        .close();
  }
}
