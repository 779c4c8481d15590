package colorteller.mesh.template;

import static colorteller.mesh.template.Properties.child;
import static colorteller.mesh.template.Properties.list;
import static colorteller.mesh.template.Properties.only;

import colorteller.mesh.Certificate;
import colorteller.mesh.ClientTls;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.TlsValidation;
import colorteller.mesh.Trust;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Reads how connections are encrypted. */
final class TlsReader {

  private TlsReader() {}

  static ListenerTls ofListener(JsonNode tls, Place place) {
    return new ListenerTls(
        ListenerTls.Mode.valueOf(tls.path("Mode").asText()),
        certificate(tls.path("Certificate"), place.child("Certificate")),
        child(tls, "Validation", place, TlsReader::validation));
  }

  /** A client policy, of what may have one: a backend, or the defaults of all. */
  static Optional<ClientTls> ofClient(JsonNode holder, Place place) {
    return child(
        holder.path("ClientPolicy"), "TLS", place.child("ClientPolicy"), TlsReader::client);
  }

  private static ClientTls client(JsonNode tls, Place place) {
    return new ClientTls(
        tls.path("Enforce").asBoolean(true),
        list(tls, "Ports", place, (port, at) -> port.intValue()),
        child(tls, "Certificate", place, TlsReader::certificate),
        validation(tls.path("Validation"), place));
  }

  private static Certificate certificate(JsonNode certificate, Place place) {
    String kind = only(certificate);
    JsonNode value = certificate.path(kind);
    return switch (kind) {
      case "ACM" -> new Certificate.Acm(value.path("CertificateArn").asText());
      case "File" ->
          new Certificate.File(
              value.path("CertificateChain").asText(), value.path("PrivateKey").asText());
      default -> new Certificate.Sds(secret(value, place.child(kind)));
    };
  }

  private static TlsValidation validation(JsonNode validation, Place place) {
    return new TlsValidation(
        trust(validation.path("Trust"), place.child("Trust")),
        list(
            validation.path("SubjectAlternativeNames").path("Match"),
            "Exact",
            place,
            (name, at) -> name.asText()));
  }

  private static Trust trust(JsonNode trust, Place place) {
    String kind = only(trust);
    JsonNode value = trust.path(kind);
    return switch (kind) {
      case "ACM" ->
          new Trust.Acm(list(value, "CertificateAuthorityArns", place, (arn, at) -> arn.asText()));
      case "File" -> new Trust.File(value.path("CertificateChain").asText());
      default -> new Trust.Sds(secret(value, place.child(kind)));
    };
  }

  private static String secret(JsonNode sds, Place place) {
    String name = sds.path("SecretName").asText();
    if (name.isEmpty()) {
      throw place.child("SecretName").refused("must not be empty; name the secret");
    }
    return name;
  }
}
