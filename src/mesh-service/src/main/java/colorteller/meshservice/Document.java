package colorteller.meshservice;

import colorteller.aws.AwsErrors;
import colorteller.controlplane.UntranslatableMesh;
import colorteller.mesh.Mesh;
import colorteller.mesh.template.MeshPointer;
import colorteller.mesh.template.TemplateException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterHistory;

/**
 * A mesh's document: an SSM parameter that points to a template in S3. One that cannot be used
 * leaves the one before in force. A task that has just started knows of none before, and looks for
 * it in the parameter's history: so it serves what those serve that run longer.
 */
final class Document {

  /** So many times in a row a document cannot be used before an earlier one is looked for. */
  static final int UNUSABLE_TIMES = 3;

  /** CloudFormation's own limit of a template. */
  static final long MOST_BYTES = 1_048_576;

  /** After so long what it was before is tried again, if none of it could be used. */
  static final Duration TRY_AGAIN = Duration.ofMinutes(1);

  /** Puts a mesh into force, and throws if it cannot. */
  interface Taking {

    /**
     * Takes a mesh.
     *
     * @param isEarlier whether the parameter says something else now
     */
    void accept(Document document, Mesh mesh, boolean isEarlier);
  }

  /**
   * What is in force.
   *
   * @param value the parameter's
   * @param mesh the name of the mesh that it describes
   * @param isOfBefore whether the parameter said so before this task looked for the first time
   */
  private record InForce(String value, String mesh, boolean isOfBefore) {}

  /**
   * Why a value cannot be used.
   *
   * @param stays whether it is the document that has to change
   * @param fault which nobody has thought of
   */
  private record Unusable(String why, boolean stays, @Nullable Throwable fault) {}

  private final String name;
  private final SsmClient ssm;
  private final S3Client s3;
  private final Taking taking;
  private final Clock clock;
  private final Source source;
  private volatile @Nullable String now;
  private volatile @Nullable InForce inForce;
  private volatile boolean served;
  private int unusableTimes;
  // What it said before and nobody has tried, the newest first; null as long as nobody has asked.
  private @Nullable Deque<ParameterHistory> untried;
  private Instant lookedBack = Instant.MIN;

  Document(String name, SsmClient ssm, S3Client s3, Taking taking, Clock clock) {
    this.name = name;
    this.ssm = ssm;
    this.s3 = s3;
    this.taking = taking;
    this.clock = clock;
    source = new Source("document " + name, clock);
  }

  /** The name of the parameter. */
  String name() {
    return name;
  }

  /** How reading it goes. */
  Source source() {
    return source;
  }

  /** The name of the mesh that it has put into force. */
  Optional<String> mesh() {
    return Optional.ofNullable(inForce).map(InForce::mesh);
  }

  boolean describes(String mesh) {
    return mesh().filter(mesh::equals).isPresent();
  }

  /** Whether what is in force was found in the history. */
  boolean isOfBefore() {
    InForce current = inForce;
    return current != null && current.isOfBefore();
  }

  /** Whether the parameter says something else than what is in force. */
  boolean isOutdated() {
    InForce current = inForce;
    return current != null && !current.value().equals(now);
  }

  /** Whether it has put a mesh into force, though another document may describe that now. */
  boolean hasServed() {
    return served;
  }

  /** Another document describes its mesh now. */
  void giveUp() {
    inForce = null;
  }

  /** Takes what the parameter says now. */
  void read(String value) {
    if (!value.equals(now)) {
      now = value;
      unusableTimes = 0;
      untried = null;
    }
    InForce before = inForce;
    Unusable unusable =
        before != null && before.value().equals(value) && !before.isOfBefore()
            ? null
            : take(value, false);
    if (unusable == null) {
      unusableTimes = 0;
      source.succeeded();
    } else {
      unusableTimes = unusable.stays() ? unusableTimes + 1 : 0;
      source.failed(unusable.why(), unusable.fault());
    }
  }

  /** Tries one earlier document if there is nothing else to serve. */
  void lookBack() {
    if (inForce != null || unusableTimes < UNUSABLE_TIMES) {
      return;
    }
    Deque<ParameterHistory> earlier = untried;
    // A refusal may be of a moment: a role's policy that is not in force yet.
    if (earlier == null
        || (earlier.isEmpty() && !clock.instant().isBefore(lookedBack.plus(TRY_AGAIN)))) {
      try {
        earlier = history();
      } catch (SdkException e) {
        source.tell(Level.ERROR, "what it was before cannot be asked for: " + AwsErrors.line(e));
        return;
      }
      untried = earlier;
    } else if (earlier.isEmpty()) {
      return;
    }
    lookedBack = clock.instant();
    // One at a time: other documents wait for it.
    ParameterHistory one = earlier.peek();
    Unusable unusable = one == null ? null : take(one.value(), true);
    if (unusable != null && !unusable.stays()) {
      return;
    }
    earlier.poll();
    if (one != null && unusable == null) {
      source.tell(
          Level.WARNING,
          "what it was before is served in its place: version %d, of %s"
              .formatted(one.version(), one.lastModifiedDate()));
    } else if (earlier.isEmpty()) {
      source.tell(
          Level.ERROR,
          "nothing that it was before can be used either; it is tried again each minute");
    }
  }

  private Deque<ParameterHistory> history() {
    Set<String> values = new HashSet<>();
    values.add(String.valueOf(now));
    Deque<ParameterHistory> earlier = new ArrayDeque<>();
    ssm.getParameterHistoryPaginator(call -> call.name(name)).stream()
        .flatMap(page -> page.parameters().stream())
        .sorted(Comparator.comparing(ParameterHistory::version).reversed())
        .filter(one -> values.add(one.value()))
        .forEach(earlier::add);
    return earlier;
  }

  private @Nullable Unusable take(String value, boolean isEarlier) {
    try {
      MeshPointer pointer = MeshPointer.parse(name, value);
      Mesh mesh = pointer.mesh(template(pointer));
      taking.accept(this, mesh, isEarlier);
      inForce = new InForce(value, mesh.name(), isEarlier);
      served = true;
      return null;
    } catch (SdkException e) {
      return new Unusable("its template cannot be read: " + AwsErrors.line(e), isRefused(e), null);
    } catch (UnusableDocument | TemplateException | UntranslatableMesh e) {
      return new Unusable(String.valueOf(e.getMessage()), true, null);
    } catch (RuntimeException | StackOverflowError e) {
      // Whatever is wrong with a document, the others and what is in force are not.
      return new Unusable("a fault of the control plane: " + e, true, e);
    }
  }

  private String template(MeshPointer pointer) {
    ResponseBytes<GetObjectResponse> object =
        s3.getObject(
            call -> call.bucket(pointer.bucket()).key(pointer.key()),
            (response, body) -> {
              if (response.contentLength() > MOST_BYTES) {
                // What is in it is not read: it could be more than there is memory.
                body.abort();
                return ResponseBytes.fromByteArray(response, new byte[0]);
              }
              return ResponseTransformer.<GetObjectResponse>toBytes().transform(response, body);
            });
    long size = object.response().contentLength();
    if (size > MOST_BYTES) {
      throw new UnusableDocument(
          "names the template s3://%s/%s, which has %d bytes; CloudFormation allows %d"
              .formatted(pointer.bucket(), pointer.key(), size, MOST_BYTES));
    }
    return object.asUtf8String();
  }

  /** S3 has no such object; who may not list a bucket is told that it may not read it. */
  private static boolean isRefused(SdkException e) {
    return e instanceof AwsServiceException answer
        && (answer.statusCode() == 403 || answer.statusCode() == 404)
        && !answer.isThrottlingException()
        && !answer.isClockSkewException();
  }
}
