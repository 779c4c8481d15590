package colorteller.mesh;

/** Who an Envoy says it is, and where it has its private key from. */
public sealed interface Certificate {

  /**
   * A certificate of AWS Certificate Manager, whose Private CA issued it.
   *
   * @param arn names it
   */
  record Acm(String arn) implements Certificate {}

  /**
   * Files beside the Envoy.
   *
   * @param chain the path of the certificate and those that vouch for it, in PEM
   * @param privateKey the path of its private key, in PEM
   */
  record File(String chain, String privateKey) implements Certificate {}

  /**
   * What a secret discovery service beside the Envoy gives.
   *
   * @param secret its name there
   */
  record Sds(String secret) implements Certificate {}
}
