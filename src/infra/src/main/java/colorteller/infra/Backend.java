package colorteller.infra;

import java.util.Locale;
import java.util.stream.Stream;

/** What configures the Envoys of the meshes. */
enum Backend {
  /** App Mesh, which AWS has ended: nobody can deploy it any more. */
  APPMESH,
  /** A control plane of our own, for Envoys of our own. */
  ENVOY;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Backend of(String word) {
    return Stream.of(values()).filter(b -> b.word().equals(word)).findFirst().orElseThrow();
  }
}
