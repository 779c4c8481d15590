package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.acceptance.StandAlone;
import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.Certificate;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.Trust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code envoy --mode validate}, asked of every Envoy of a mesh. That mode does not fetch routes,
 * endpoints and secrets, so they stand in place, and it opens files.
 */
final class EnvoyValidation {

  private EnvoyValidation() {}

  /**
   * Fails unless Envoy accepts all.
   *
   * @param folder for files
   */
  static void accepts(Mesh mesh, Path folder) throws Exception {
    Map<CloudMap, List<Instance>> instances =
        Instance.ofEachNode(
            mesh,
            node -> IpFamily.dual(),
            (node, family) -> family == IpFamily.IPV4 ? "192.0.2.1" : "2001:db8::1");
    List<Process> validations = new ArrayList<>();
    for (ProxyResources proxy :
        new Translator(mesh, new WithFiles(folder), instances).proxies().values()) {
      Path config = folder.resolve(validations.size() + ".json");
      Files.writeString(config, StandAlone.bootstrap(proxy));
      Path log = folder.resolve(validations.size() + ".log");
      validations.add(
          new ProcessBuilder(
                  Machine.envoy().toString(), "--mode", "validate", "-c", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start());
    }
    for (int i = 0; i < validations.size(); i++) {
      int status = validations.get(i).waitFor();
      String log = Files.readString(folder.resolve(i + ".log"));
      assertThat(log).contains(i + ".json' OK");
      assertThat(status).as(log).isZero();
    }
  }

  /** Files that are there: certificates that everybody may know, and logs in a folder. */
  private static final class WithFiles extends AwsTask {

    private static final Path TLS = Command.root().resolve("test/src/test/resources/tls");

    private final Path folder;

    WithFiles(Path folder) {
      this.folder = folder;
    }

    @Override
    public Certificate certificate(ProxyId proxy, Certificate certificate) {
      return certificate instanceof Certificate.Sds
          ? certificate
          : new Certificate.File(
              TLS.resolve("certificate.pem").toString(), TLS.resolve("key.pem").toString());
    }

    @Override
    public Trust trust(ProxyId proxy, Trust trust) {
      return trust instanceof Trust.Sds
          ? trust
          : new Trust.File(TLS.resolve("certificate.pem").toString());
    }

    @Override
    public String file(ProxyId proxy, String path) {
      return path.startsWith("/dev/") ? path : folder.resolve("access.log").toString();
    }
  }
}
