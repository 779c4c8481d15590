package colorteller.mesh;

import java.util.Optional;

/**
 * Encryption at a listener.
 *
 * @param mode which connections it takes
 * @param certificate who it says it is
 * @param validation how clients' certificates are checked; empty if clients need none
 */
public record ListenerTls(Mode mode, Certificate certificate, Optional<TlsValidation> validation) {

  /** Which connections a listener takes; the names are App Mesh's. */
  public enum Mode {
    /** Encrypted ones. */
    STRICT,
    /** Encrypted and others. */
    PERMISSIVE,
    /** Those that are not encrypted. */
    DISABLED
  }
}
