package colorteller.mesh;

import java.util.List;

/** Whose certificates are believed. */
public sealed interface Trust {

  /**
   * Authorities of AWS Private CA.
   *
   * @param authorities their ARNs
   */
  record Acm(List<String> authorities) implements Trust {}

  /**
   * A file beside the Envoy.
   *
   * @param chain its path; the authorities' certificates, in PEM
   */
  record File(String chain) implements Trust {}

  /**
   * What a secret discovery service beside the Envoy gives.
   *
   * @param secret its name there
   */
  record Sds(String secret) implements Trust {}
}
