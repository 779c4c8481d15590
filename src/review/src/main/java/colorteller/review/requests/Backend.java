package colorteller.review.requests;

import colorteller.controlplane.AwsTask;
import colorteller.controlplane.WithoutRedirection;
import colorteller.mesh.Mesh;
import colorteller.review.template.TemplateSet;
import java.util.function.Function;

/**
 * What tells a mesh's Envoys what to do. Both are given the same mesh: App Mesh as resources, a
 * control plane of one's own as a document.
 */
public enum Backend {
  appmesh("", mesh -> new AwsTask()),
  envoy(" with backend=envoy", WithoutRedirection::new);

  private final String words;
  private final Function<Mesh, AwsTask> placement;

  Backend(String words, Function<Mesh, AwsTask> placement) {
    this.words = words;
    this.placement = placement;
  }

  /** Behind what has it; App Mesh's is not named. */
  @Override
  public String toString() {
    return words;
  }

  /** Where the Envoys of a mesh are. */
  AwsTask placement(Mesh mesh) {
    return placement.apply(mesh);
  }

  /** Whose templates are in a folder. */
  public static Backend of(String folder) {
    return folder.equals(TemplateSet.OWN_ENVOYS) ? envoy : appmesh;
  }
}
