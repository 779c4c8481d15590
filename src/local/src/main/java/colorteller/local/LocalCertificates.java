package colorteller.local;

import colorteller.mesh.Backend;
import colorteller.mesh.Certificate;
import colorteller.mesh.ClientTls;
import colorteller.mesh.Listener;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.TlsValidation;
import colorteller.mesh.Trust;
import colorteller.mesh.VirtualNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that a mesh's templates name, on this machine. A file that is here is taken as
 * it is. What is not here, and what AWS Certificate Manager or a secret discovery service has,
 * comes from a {@link LocalAuthority}, whom everybody trusts who trusts such. It has every name
 * that somebody in the mesh asks for: what the true one says is not known here.
 */
final class LocalCertificates {

  private final Mesh mesh;
  private final Path folder;
  private final @Nullable LocalAuthority authority;
  private final Set<String> names;
  private final Map<Certificate, Certificate> issued = new LinkedHashMap<>();

  /**
   * Writes what the mesh needs and this machine does not have.
   *
   * @param folder for the files
   */
  LocalCertificates(Mesh mesh, Path folder) throws IOException {
    this.mesh = mesh;
    this.folder = folder;
    this.names = names();
    // A key takes a moment, and most meshes need none.
    if (certificates().isEmpty() && validations().findAny().isEmpty()) {
      authority = null;
      return;
    }
    authority = new LocalAuthority();
    Files.writeString(authorities(), authority.certificate());
    for (Certificate certificate : certificates()) {
      if (!(certificate instanceof Certificate.File file) || !isHere(file)) {
        issue(certificate);
      }
    }
  }

  /** A certificate, in files of this machine. */
  Certificate of(Certificate certificate) {
    return issued.getOrDefault(certificate, certificate);
  }

  /** Whom to trust, in a file of this machine. */
  Trust of(Trust trust) {
    return trust instanceof Trust.File file && Files.isReadable(Path.of(file.chain()))
        ? file
        : new Trust.File(authorities().toString());
  }

  private Path authorities() {
    return folder.resolve("authority.pem");
  }

  /** A certificate with every name that somebody asks for: a client's of the mesh from outside. */
  LocalAuthority.Issued client() {
    return Objects.requireNonNull(authority).issue("client", names);
  }

  private static boolean isHere(Certificate.File file) {
    return Files.isReadable(Path.of(file.chain())) && Files.isReadable(Path.of(file.privateKey()));
  }

  private void issue(Certificate certificate) throws IOException {
    if (issued.containsKey(certificate)) {
      return;
    }
    LocalAuthority.Issued own =
        Objects.requireNonNull(authority).issue("certificate " + issued.size(), names);
    Path chain = folder.resolve("certificate-%d.pem".formatted(issued.size()));
    Path key = folder.resolve("key-%d.pem".formatted(issued.size()));
    Files.writeString(chain, own.chain());
    Files.writeString(key, own.privateKey());
    issued.put(certificate, new Certificate.File(chain.toString(), key.toString()));
  }

  /** All names that a certificate may be asked for, or that its owner is found by. */
  private Set<String> names() {
    Set<String> result = new LinkedHashSet<>(List.of("localhost"));
    for (VirtualNode node : mesh.nodes().values()) {
      node.serviceDiscovery().map(ServiceDiscovery::host).ifPresent(result::add);
    }
    validations().forEach(validation -> result.addAll(validation.names()));
    return result;
  }

  private Stream<TlsValidation> validations() {
    return Stream.concat(
        policies().map(ClientTls::validation),
        encrypted().flatMap(tls -> tls.validation().stream()));
  }

  private List<Certificate> certificates() {
    List<Certificate> result = new ArrayList<>();
    encrypted().map(ListenerTls::certificate).forEach(result::add);
    policies().flatMap(policy -> policy.certificate().stream()).forEach(result::add);
    return result;
  }

  private Stream<ListenerTls> encrypted() {
    return Stream.concat(
            mesh.gateways().values().stream().flatMap(gateway -> gateway.listeners().stream()),
            mesh.nodes().values().stream().flatMap(node -> node.listeners().stream()))
        .flatMap((Listener listener) -> listener.tls().stream());
  }

  private Stream<ClientTls> policies() {
    return Stream.concat(
        mesh.gateways().values().stream().flatMap(gateway -> gateway.tls().stream()),
        mesh.nodes().values().stream()
            .flatMap(
                node ->
                    Stream.concat(
                        node.tls().stream(),
                        node.backends().stream().map(Backend::tls).flatMap(tls -> tls.stream()))));
  }
}
