package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.Mesh;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParameterHistoryRequest;
import software.amazon.awssdk.services.ssm.model.GetParameterHistoryResponse;
import software.amazon.awssdk.services.ssm.model.GetParametersRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterHistory;
import software.amazon.awssdk.services.ssm.model.SsmException;

/** Which document is in force after a start, while the one that there is cannot be used. */
class EarlierDocumentsTest {

  private static final String BROKEN = "{}";

  private final Ssm ssm = new Ssm();
  private final S3 s3 = new S3();
  private final List<String> inForce = new ArrayList<>();
  private final List<String> gone = new ArrayList<>();
  private final TestClock clock = new TestClock();
  private boolean isUntranslatable;
  private String overflows = "";

  /** A document of a mesh: as many as are asked for describe it. */
  private static String document(String mesh, int number) {
    return "{\"template\": \"s3://documents/%s-%d\"}".formatted(mesh, number);
  }

  private Documents documents(String... names) {
    return new Documents(List.of(names), ssm, s3, this::accept, gone::add, clock);
  }

  private void accept(Mesh mesh) {
    if (isUntranslatable) {
      throw new UnusableDocument("cannot be translated");
    }
    if (mesh.name().equals(overflows)) {
      throw new StackOverflowError();
    }
    inForce.add(mesh.name());
  }

  private static void read(Documents documents, int times) {
    for (int time = 0; time < times; time++) {
      documents.read();
    }
  }

  private static Document only(Documents documents) {
    return documents.all().iterator().next();
  }

  @Test
  void theNewestThatCanBeUsedIsServedAndEachIsTriedOnce() {
    ssm.put("a", document("one", 1));
    ssm.put("a", document("one", 2));
    ssm.put("a", "no JSON");
    ssm.put("a", document("one", 404));
    ssm.put("a", "no JSON");
    Documents documents = documents("a");
    read(documents, Document.UNUSABLE_TIMES - 1);
    assertThat(inForce).as("it may be a moment's fault").isEmpty();
    read(documents, 1);
    assertThat(s3.asked).as("other documents wait").containsExactly("one-404");
    read(documents, 3);
    assertThat(inForce).containsExactly("one");
    assertThat(s3.asked).containsExactly("one-404", "one-2");
    assertThat(only(documents).source().fault()).get().asString().contains("is no JSON");
    assertThat(only(documents).isOutdated()).isTrue();

    ssm.put("a", document("one", 3));
    read(documents, 1);
    assertThat(s3.asked).last().isEqualTo("one-3");
    assertThat(only(documents).source().fault()).isEmpty();
    assertThat(only(documents).isOutdated()).isFalse();
  }

  @Test
  void theOneThatIsServedMayBePointedAtAgain() {
    ssm.put("a", document("one", 1));
    ssm.put("a", BROKEN);
    Documents documents = documents("a");
    read(documents, Document.UNUSABLE_TIMES);
    assertThat(only(documents).isOfBefore()).isTrue();
    ssm.put("a", document("one", 1));
    read(documents, 1);
    assertThat(only(documents).source().fault()).isEmpty();
    assertThat(only(documents).isOfBefore()).isFalse();
    assertThat(gone).isEmpty();
  }

  /** An Envoy of another task may have the one that there is. */
  @Test
  void whileS3IsAwayNoEarlierOneIsServed() {
    ssm.put("a", document("one", 1));
    ssm.put("a", document("one", 2));
    Documents documents = documents("a");
    s3.status = 503;
    read(documents, 2 * Document.UNUSABLE_TIMES);
    assertThat(ssm.histories).isZero();
    assertThat(inForce).isEmpty();
    s3.status = 200;
    read(documents, 1);
    assertThat(s3.asked).last().isEqualTo("one-2");
    assertThat(only(documents).isOutdated()).isFalse();
  }

  @Test
  void whileS3IsAwayNoEarlierOneIsPassedOver() {
    ssm.put("a", document("one", 1));
    ssm.put("a", document("one", 2));
    ssm.put("a", BROKEN);
    Documents documents = documents("a");
    s3.status = 503;
    read(documents, 2 * Document.UNUSABLE_TIMES);
    assertThat(inForce).isEmpty();
    s3.status = 200;
    read(documents, 1);
    assertThat(s3.asked).last().isEqualTo("one-2");
    assertThat(inForce).containsExactly("one");
  }

  @Test
  void aHistoryThatCannotBeAskedForIsAskedForAgain() {
    ssm.put("a", document("one", 1));
    ssm.put("a", BROKEN);
    Documents documents = documents("a");
    ssm.historyStatus = 400;
    read(documents, 2 * Document.UNUSABLE_TIMES);
    assertThat(inForce).isEmpty();
    ssm.historyStatus = 200;
    read(documents, 1);
    assertThat(inForce).containsExactly("one");
  }

  @Test
  void aLongHistoryIsReadWholeAndOnce() {
    ssm.put("a", document("one", 1));
    IntStream.range(0, 98).forEach(i -> ssm.put("a", "no JSON " + i));
    ssm.put("a", BROKEN);
    Documents documents = documents("a");
    read(documents, Document.UNUSABLE_TIMES + 98);
    assertThat(inForce).containsExactly("one");
    assertThat(ssm.histories).isEqualTo(2);

    ssm.put("b", BROKEN);
    ssm.put("b", "no JSON");
    documents = documents("b");
    read(documents, 2 * Document.UNUSABLE_TIMES);
    assertThat(ssm.histories).isEqualTo(3);
    assertThat(only(documents).mesh()).isEmpty();
  }

  /** The mesh has moved from one document to another, and the first is broken now. */
  @Test
  void whatADocumentSaysGoesBeforeWhatAnotherSaidOnce() {
    ssm.put("a", document("one", 1));
    ssm.put("a", BROKEN);
    ssm.put("b", document("one", 2));
    Documents documents = documents("a", "b");
    read(documents, 2 * Document.UNUSABLE_TIMES);
    assertThat(inForce).containsExactly("one");
    assertThat(s3.asked).startsWith("one-2");

    // The other cannot be read for a while.
    inForce.clear();
    s3.unreadable = "one-2";
    documents = documents("a", "b");
    read(documents, Document.UNUSABLE_TIMES);
    assertThat(inForce).containsExactly("one");
    s3.unreadable = "";
    read(documents, 1);
    assertThat(inForce).containsExactly("one", "one");
    assertThat(s3.asked).endsWith("one-1", "one-2");
    assertThat(gone).isEmpty();
    Map<String, Boolean> served = new LinkedHashMap<>();
    documents.all().forEach(one -> served.put(one.name(), one.mesh().isPresent()));
    assertThat(served).containsExactly(Map.entry("a", false), Map.entry("b", true));
  }

  /** The mesh moves from a document of before to another that cannot be translated at first. */
  @Test
  void aDocumentOfBeforeIsGivenUpOnlyForOneThatIsInForce() {
    ssm.put("a", document("one", 1));
    ssm.put("a", BROKEN);
    ssm.put("b", document("two", 1));
    Documents documents = documents("a", "b");
    read(documents, Document.UNUSABLE_TIMES);
    assertThat(meshes(documents)).containsExactly("one", "two");

    ssm.put("b", document("one", 2));
    isUntranslatable = true;
    read(documents, 2 * Document.UNUSABLE_TIMES);
    assertThat(meshes(documents)).containsExactly("one", "two");

    isUntranslatable = false;
    read(documents, 1);
    assertThat(meshes(documents)).containsExactly("", "one");
    assertThat(documents.withoutAny()).as("nobody has lost anything").isEmpty();
  }

  /** A role's policy that S3 does not know yet. */
  @Test
  void whatWasRefusedForAMomentIsAskedForAgain() {
    ssm.put("a", document("one", 1));
    ssm.put("a", BROKEN);
    Documents documents = documents("a");
    s3.status = 403;
    read(documents, Document.UNUSABLE_TIMES);
    s3.status = 200;
    read(documents, Document.UNUSABLE_TIMES);
    assertThat(inForce).isEmpty();
    clock.pass(Document.TRY_AGAIN);
    read(documents, 1);
    assertThat(inForce).containsExactly("one");
    assertThat(ssm.histories).isEqualTo(2);
  }

  /** One that would not have room in memory. */
  @Test
  void aTemplateThatIsTooLargeIsNotRead() {
    ssm.put("a", document("one", 1));
    ssm.put("a", "{\"template\": \"s3://documents/one-huge\"}");
    Documents documents = documents("a");
    read(documents, 1);
    assertThat(s3.aborted).containsExactly("one-huge");
    assertThat(only(documents).source().fault())
        .hasValue(
            "names the template s3://documents/one-huge, which has 1048577 bytes; CloudFormation allows 1048576");
    read(documents, Document.UNUSABLE_TIMES);
    assertThat(inForce).containsExactly("one");
  }

  @Test
  void anErrorInADocumentIsItsOwn() {
    ssm.put("a", document("one", 1));
    ssm.put("b", document("two", 1));
    overflows = "one";
    Documents documents = documents("a", "b");
    read(documents, 1);
    assertThat(inForce).containsExactly("two");
    assertThat(only(documents).source().fault()).get().asString().contains("StackOverflowError");
  }

  private static List<String> meshes(Documents documents) {
    return documents.all().stream().map(one -> one.mesh().orElse("")).toList();
  }

  private static final class Ssm implements SsmClient {

    private static final int PAGE = 50;

    private final Map<String, List<String>> values = new HashMap<>();
    private int historyStatus = 200;
    private int histories;

    void put(String name, String value) {
      values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    @Override
    public GetParametersResponse getParameters(GetParametersRequest request) {
      return GetParametersResponse.builder()
          .parameters(
              request.names().stream()
                  .map(
                      name ->
                          Parameter.builder()
                              .name(name)
                              .value(values.get(name).get(values.get(name).size() - 1))
                              .build())
                  .toList())
          .build();
    }

    @Override
    public GetParameterHistoryResponse getParameterHistory(GetParameterHistoryRequest request) {
      histories++;
      if (historyStatus != 200) {
        throw SsmException.builder().statusCode(historyStatus).message("no").build();
      }
      List<String> all = values.get(request.name());
      int from = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
      int to = Math.min(from + PAGE, all.size());
      return GetParameterHistoryResponse.builder()
          .parameters(
              IntStream.range(from, to)
                  .mapToObj(
                      i ->
                          ParameterHistory.builder()
                              .version(i + 1L)
                              .value(all.get(i))
                              .lastModifiedDate(Instant.EPOCH)
                              .build())
                  .toList())
          .nextToken(to == all.size() ? null : Integer.toString(to))
          .build();
    }

    @Override
    public String serviceName() {
      return "ssm";
    }

    @Override
    public void close() {}
  }

  /**
   * MESH-NUMBER describes that mesh; 404 is a number that there is not, huge has too many bytes.
   */
  private static final class S3 implements S3Client {

    private final List<String> asked = new ArrayList<>();
    private final List<String> aborted = new ArrayList<>();
    private int status = 200;
    private String unreadable = "";

    @Override
    public <T> T getObject(
        GetObjectRequest request, ResponseTransformer<GetObjectResponse, T> transformer) {
      asked.add(request.key());
      if (status != 200 || request.key().equals(unreadable)) {
        throw S3Exception.builder()
            .statusCode(status == 200 ? 503 : status)
            .message("away")
            .build();
      }
      if (request.key().endsWith("-404")) {
        throw S3Exception.builder().statusCode(404).message("there is none").build();
      }
      if (request.key().endsWith("-huge")) {
        return answer(
            transformer,
            Document.MOST_BYTES + 1,
            AbortableInputStream.create(
                InputStream.nullInputStream(), () -> aborted.add(request.key())));
      }
      String template =
          """
          {"Resources": {"Mesh": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": "%s"}}}}
          """
              .formatted(request.key().split("-")[0]);
      return answer(
          transformer,
          template.length(),
          AbortableInputStream.create(
              new ByteArrayInputStream(template.getBytes(StandardCharsets.UTF_8))));
    }

    private static <T> T answer(
        ResponseTransformer<GetObjectResponse, T> transformer,
        long length,
        AbortableInputStream body) {
      try {
        return transformer.transform(
            GetObjectResponse.builder().contentLength(length).build(), body);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public String serviceName() {
      return "s3";
    }

    @Override
    public void close() {}
  }
}
