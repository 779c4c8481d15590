package colorteller.meshservice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Where PEM text is.
 *
 * @param location the path of a file, or {@code ssm:} and the name of an SSM parameter
 */
record PemSource(String location, SsmClient ssm) {

  private static final String SSM = "ssm:";

  /**
   * Reads it.
   *
   * @throws software.amazon.awssdk.core.exception.SdkException if SSM does not answer
   */
  String read() throws IOException {
    return location.startsWith(SSM)
        ? ssm.getParameter(call -> call.name(location.substring(SSM.length())).withDecryption(true))
            .parameter()
            .value()
        : Files.readString(Path.of(location));
  }
}
