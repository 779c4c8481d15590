package colorteller.meshservice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;

/** Where PEM text is. */
final class PemSource {

  private static final String SSM = "ssm:";

  /** Which value of a parameter; versions begin anew with one that is made anew. */
  private record Revision(Long version, @Nullable Instant changed) {

    static Revision of(Parameter parameter) {
      return new Revision(parameter.version(), parameter.lastModifiedDate());
    }
  }

  private final String location;
  private final SsmClient ssm;
  private @Nullable Revision revision;
  private String value = "";

  /**
   * Reads nothing yet.
   *
   * @param location the path of a file, or {@code ssm:} and the name of an SSM parameter
   */
  PemSource(String location, SsmClient ssm) {
    this.location = location;
    this.ssm = ssm;
  }

  String location() {
    return location;
  }

  /**
   * Reads it.
   *
   * @throws software.amazon.awssdk.core.exception.SdkException if SSM does not answer
   */
  String read() throws IOException {
    if (!location.startsWith(SSM)) {
      return Files.readString(Path.of(location));
    }
    // SSM lets KMS decrypt a value, which is paid for: only one that is not known yet.
    if (!Objects.equals(revision, Revision.of(parameter(false)))) {
      Parameter decrypted = parameter(true);
      value = decrypted.value();
      revision = Revision.of(decrypted);
    }
    return value;
  }

  private Parameter parameter(boolean decrypted) {
    return ssm.getParameter(
            call -> call.name(location.substring(SSM.length())).withDecryption(decrypted))
        .parameter();
  }
}
