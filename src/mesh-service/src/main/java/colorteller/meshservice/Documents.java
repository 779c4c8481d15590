package colorteller.meshservice;

import static java.util.stream.Collectors.toMap;

import colorteller.aws.AwsErrors;
import colorteller.mesh.Mesh;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;

/**
 * The meshes' documents. Each mesh stands for itself: where one cannot be read, the others still
 * change.
 */
final class Documents {

  // SSM's own limit of names in a call.
  private static final int NAMES_IN_A_CALL = 10;

  private final List<String> names;
  private final SsmClient ssm;
  private final Consumer<Mesh> inForce;
  private final Consumer<String> gone;
  private final Map<String, Document> documents;

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
    this.inForce = inForce;
    this.gone = gone;
    documents =
        names.stream()
            .collect(
                toMap(
                    name -> name,
                    name -> new Document(name, ssm, s3, this::accept, clock),
                    (one, same) -> one,
                    LinkedHashMap::new));
  }

  /** Each of them, in the order of their names' list. */
  Collection<Document> all() {
    return documents.values();
  }

  /** Those of which none has been in force since the start. */
  Stream<Document> withoutAny() {
    return documents.values().stream().filter(document -> !document.hasServed());
  }

  /** Looks for what has changed. */
  void read() {
    for (int i = 0; i < names.size(); i += NAMES_IN_A_CALL) {
      List<String> some = names.subList(i, Math.min(i + NAMES_IN_A_CALL, names.size()));
      GetParametersResponse response;
      try {
        response = ssm.getParameters(call -> call.names(some));
      } catch (SdkException e) {
        some.forEach(name -> document(name).source().failed(AwsErrors.line(e)));
        continue;
      }
      response
          .invalidParameters()
          .forEach(name -> document(name).source().failed("there is no such SSM parameter"));
      response.parameters().forEach(one -> document(one.name()).read(one.value()));
    }
    // Not before: what one says now goes before what another has said once.
    documents.values().forEach(Document::lookBack);
  }

  private Document document(String name) {
    return Objects.requireNonNull(documents.get(name));
  }

  private void accept(Document document, Mesh mesh, boolean isEarlier) {
    // Two documents of one mesh would take it from each other in turn.
    List<Document> former = new ArrayList<>();
    for (Document other : documents.values()) {
      if (other != document && other.describes(mesh.name())) {
        if (isEarlier || !other.isOfBefore()) {
          throw new UnusableDocument(
              "describes the mesh %s, as %s does; a mesh has one document"
                  .formatted(mesh.name(), other.name()));
        }
        former.add(other);
      }
    }
    inForce.accept(mesh);
    // Not before: if this one cannot be translated, the mesh stays the other's.
    former.forEach(Document::giveUp);
    document.mesh().filter(name -> !name.equals(mesh.name())).ifPresent(gone);
  }
}
