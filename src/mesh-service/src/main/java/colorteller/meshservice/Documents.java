package colorteller.meshservice;

import colorteller.aws.AwsErrors;
import colorteller.controlplane.UntranslatableMesh;
import colorteller.mesh.Mesh;
import colorteller.mesh.template.MeshPointer;
import colorteller.mesh.template.TemplateException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;

/**
 * The meshes' documents: SSM parameters that point to templates in S3. Each mesh stands for itself:
 * where one cannot be read, the others still change.
 */
final class Documents {

  // SSM's own limit of names in a call.
  private static final int NAMES_IN_A_CALL = 10;

  private final List<String> names;
  private final SsmClient ssm;
  private final S3Client s3;
  private final Consumer<Mesh> inForce;
  private final Consumer<String> gone;
  private final Map<String, Source> sources = new LinkedHashMap<>();
  // The last value of each parameter that is in force.
  private final Map<String, String> read = new HashMap<>();
  private final Map<String, String> meshes = new HashMap<>();

  /**
   * Nothing is read yet.
   *
   * @param names of the SSM parameters
   * @param inForce takes a mesh that is read and checked, and throws if it cannot be translated
   * @param gone hears of the name of a mesh in whose place a document describes another
   */
  Documents(
      List<String> names,
      SsmClient ssm,
      S3Client s3,
      Consumer<Mesh> inForce,
      Consumer<String> gone,
      Clock clock) {
    this.names = names;
    this.ssm = ssm;
    this.s3 = s3;
    this.inForce = inForce;
    this.gone = gone;
    names.forEach(name -> sources.put(name, new Source("document " + name, clock)));
  }

  /** How reading each goes, by the name of its parameter. */
  Map<String, Source> sources() {
    return sources;
  }

  /** Looks for what has changed. */
  void read() {
    for (int i = 0; i < names.size(); i += NAMES_IN_A_CALL) {
      List<String> some = names.subList(i, Math.min(i + NAMES_IN_A_CALL, names.size()));
      GetParametersResponse response;
      try {
        response = ssm.getParameters(call -> call.names(some));
      } catch (SdkException e) {
        some.forEach(name -> source(name).failed(AwsErrors.line(e)));
        continue;
      }
      response
          .invalidParameters()
          .forEach(name -> source(name).failed("there is no such SSM parameter"));
      response.parameters().forEach(parameter -> read(parameter.name(), parameter.value()));
    }
  }

  private Source source(String name) {
    return Optional.ofNullable(sources.get(name)).orElseThrow();
  }

  private void read(String name, String value) {
    if (!value.equals(read.get(name))) {
      try {
        Mesh mesh = mesh(MeshPointer.parse(name, value));
        requireOwnName(name, mesh);
        inForce.accept(mesh);
        String former = meshes.put(name, mesh.name());
        if (former != null && !former.equals(mesh.name())) {
          gone.accept(former);
        }
        read.put(name, value);
      } catch (SdkException e) {
        source(name).failed("its template cannot be read: " + AwsErrors.line(e));
        return;
      } catch (UnusableDocument | TemplateException | UntranslatableMesh e) {
        source(name).failed(String.valueOf(e.getMessage()));
        return;
      } catch (RuntimeException e) {
        // Whatever is wrong with a document, the others and what is in force are not.
        source(name).failed("a fault of the control plane: " + e);
        return;
      }
    }
    source(name).succeeded();
  }

  private Mesh mesh(MeshPointer document) {
    return document.mesh(
        s3.getObjectAsBytes(call -> call.bucket(document.bucket()).key(document.key()))
            .asUtf8String());
  }

  /** Two documents of one mesh would take it from each other in turn. */
  private void requireOwnName(String name, Mesh mesh) {
    List<String> others = new ArrayList<>();
    meshes.forEach(
        (other, taken) -> {
          if (!other.equals(name) && taken.equals(mesh.name())) {
            others.add(other);
          }
        });
    if (!others.isEmpty()) {
      throw new UnusableDocument(
          "describes the mesh %s, as %s does; a mesh has one document"
              .formatted(mesh.name(), others.get(0)));
    }
  }
}
