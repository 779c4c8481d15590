package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Who a certificate says that its owner is: the one URI among its subject's alternative names. */
public final class Identity {

  private static final String TRUST_DOMAIN = "spiffe://app-mesh/";

  /** The control plane's, which Envoys ask for. */
  public static final String CONTROL_PLANE = TRUST_DOMAIN + "control-plane";

  // RFC 5280: uniformResourceIdentifier.
  private static final int URI_NAME = 6;

  private Identity() {}

  /** A proxy's, such as {@code spiffe://app-mesh/mesh/M/virtualNode/N}. */
  public static String of(ProxyId proxy) {
    return TRUST_DOMAIN + proxy;
  }

  /** The URIs of a certificate. */
  public static List<String> uris(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0).equals(URI_NAME))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /** Whether a certificate is the control plane's. */
  public static boolean isControlPlane(X509Certificate certificate) {
    return uris(certificate).equals(List.of(CONTROL_PLANE));
  }

  /** The proxy that a certificate names; empty if it does not name exactly one thing, a proxy. */
  static Optional<ProxyId> proxy(X509Certificate certificate) {
    List<String> uris = uris(certificate);
    if (uris.size() != 1 || !uris.get(0).startsWith(TRUST_DOMAIN)) {
      return Optional.empty();
    }
    return ProxyId.parse(uris.get(0).substring(TRUST_DOMAIN.length()))
        .filter(proxy -> of(proxy).equals(uris.get(0)));
  }
}
