package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.aws.AwsClients;
import colorteller.mesh.Mesh;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.verification.AppMeshSource;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.appmesh.AppMeshClient;

/** A mesh read from App Mesh's API is the mesh of its template, or is refused as that is. */
class AppMeshSourceTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TEMPLATES = Command.root().resolve("test/src/test/resources/templates");

  @TempDir Path folder;

  static Stream<Path> templates() throws IOException {
    try (Stream<Path> files = Files.walk(TEMPLATES, 2)) {
      return files
          .filter(file -> file.toString().endsWith("-mesh.template.json"))
          // With Envoys of its own, a stage has no App Mesh.
          .filter(file -> !file.getParent().endsWith("own-envoys"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("templates")
  void everyStage(Path template) throws IOException {
    Mesh mesh = MeshReader.read(Template.read(template, Map.of()));
    Mesh described = fromTheApi(template, mesh.name());
    assertThat(described).isEqualTo(mesh);
    assertThat(described.requests()).isEqualTo(mesh.requests());
  }

  @Test
  void everyStageIsThere() throws IOException {
    assertThat(templates()).hasSize(14);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          VirtualNode    | /Logging                      | {'AccessLog': {'File': {'Path': '/dev/stdout'}}}
          VirtualNode    | /BackendDefaults              | {'ClientPolicy': {'TLS': {'Validation': {'Trust': {'SDS': {'SecretName': 's'}}}}}}
          VirtualNode    | /Backends                     | [{'VirtualService': {'VirtualServiceName': 'nobody'}}]
          VirtualNode    | /Listeners/0/TLS              | {'Mode': 'STRICT', 'Certificate': {'ACM': {'CertificateArn': 'a'}}}
          VirtualNode    | /Listeners/0/Timeout          | {'HTTP': {'Idle': {'Unit': 's', 'Value': 1}}}
          VirtualNode    | /Listeners/0/PortMapping/Port | 70000
          VirtualNode    | /Listeners/1                  | {'PortMapping': {'Port': 1, 'Protocol': 'http'}}
          VirtualNode    | /ServiceDiscovery/DNS/ResponseType | 'ENDPOINTS'
          VirtualGateway | /Listeners/0/ConnectionPool   | {'HTTP': {'MaxConnections': 1}}
          VirtualGateway | /Listeners/0/PortMapping/Protocol | 'http2'
          GatewayRoute   | /HttpRoute/Match/Method       | 'GET'
          GatewayRoute   | /HttpRoute/Match/Headers      | [{'Name': 'n', 'Match': {'Exact': 'x'}}]
          GatewayRoute   | /HttpRoute/Action/Rewrite     | {'Prefix': {'DefaultPrefix': 'DISABLED'}}
          GatewayRoute   | /Priority                     | 1
          Mesh           | /ServiceDiscovery/IpPreference | 'IPv5_ONLY'
          """)
  void whatATemplateMayHave(String type, String pointer, String value) throws IOException {
    JsonNode template =
        JSON.readTree(TEMPLATES.resolve("v4_only/app-mesh-ipv6-dns-mesh.template.json").toFile());
    ObjectNode spec =
        (ObjectNode)
            template
                .path("Resources")
                .valueStream()
                .filter(r -> r.path("Type").asText().equals("AWS::AppMesh::" + type))
                .findFirst()
                .orElseThrow()
                .at("/Properties/Spec");
    set(spec, pointer, JSON.readTree(value.replace('\'', '"')));
    Path changed = folder.resolve("changed.json");
    Files.writeString(changed, template.toString());

    assertThat(outcome(() -> fromTheApi(changed, "app-mesh-ipv6-dns-mesh")))
        .isEqualTo(outcome(() -> MeshReader.read(Template.read(changed, Map.of()))));
  }

  /** A mesh, or why there is none: without the file and the resource, which App Mesh names else. */
  private static Object outcome(Callable<Mesh> reading) {
    try {
      return reading.call();
    } catch (Exception e) {
      String said = String.valueOf(e.getMessage()).replaceFirst("^.*?(?=Spec\\.)", "");
      assertThat(said).startsWith("Spec.");
      return said;
    }
  }

  private static void set(ObjectNode spec, String pointer, JsonNode value) {
    JsonPointer at = JsonPointer.compile(pointer);
    JsonNode parent = spec.at(at.head());
    if (parent instanceof ArrayNode list) {
      list.insert(at.last().getMatchingIndex(), value);
    } else {
      ((ObjectNode) parent).set(at.last().getMatchingProperty(), value);
    }
  }

  private static Mesh fromTheApi(Path template, String name) throws IOException {
    try (AppMeshStub stub = new AppMeshStub(template);
        SdkHttpClient http = UrlConnectionHttpClient.create();
        AppMeshClient appMesh =
            AwsClients.client(
                AppMeshClient.builder()
                    .endpointOverride(URI.create(stub.endpoint()))
                    .region(Region.US_EAST_1)
                    .credentialsProvider(AnonymousCredentialsProvider.create()),
                http)) {
      return new AppMeshSource(appMesh, name).read();
    }
  }
}
