package colorteller.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.controlplane.UntranslatableMesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.DefaultStackSynthesizer;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.appmesh.Mesh;
import software.amazon.awscdk.services.appmesh.ServiceDiscovery;
import software.amazon.awscdk.services.appmesh.VirtualNode;
import software.amazon.awscdk.services.appmesh.VirtualNodeListener;

/** A mesh as a document, from constructs and from somebody's template. */
class MeshDocumentTest {

  private static final String TEMPLATE =
      """
      Parameters:
        Environment: {Type: String}
        Host: {Type: String, Default: cart}
        Port: {Type: Number, Default: 8080}
      Resources:
        Mesh:
          Type: AWS::AppMesh::Mesh
          Properties:
            MeshName: !Sub shop-${Environment}
        Cart:
          Type: AWS::AppMesh::VirtualNode
          Properties:
            MeshName: !GetAtt Mesh.MeshName
            VirtualNodeName: cart
            Spec:
              Listeners:
                - PortMapping: {Port: !Ref Port, Protocol: http}
              ServiceDiscovery:
                DNS:
                  Hostname: !Join [".", [!Ref Host, !ImportValue shop-namespace]]
      """;

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  @TempDir Path folder;

  private final App app =
      new App(AppProps.builder().analyticsReporting(false).autoSynth(false).build());

  private Stack stack() {
    return new Stack(app, "shop");
  }

  private Path template(String text) throws IOException {
    return Files.writeString(folder.resolve("shop.yaml"), text);
  }

  private JsonNode synthesized() {
    return new ObjectMapper().valueToTree(app.synth().getStackByName("shop").getTemplate());
  }

  @Test
  void ofATemplateWithValuesThatOnlyADeploymentKnows() throws IOException {
    Stack stack = stack();
    CfnParameter host = CfnParameter.Builder.create(stack, "Host").build();
    MeshDocument document =
        MeshDocument.ofTemplate(
            stack,
            "Document",
            "/shop/mesh",
            template(TEMPLATE),
            Map.of("Environment", "test", "Host", host.getValueAsString()),
            Map.of("shop-namespace", Fn.importValue("shop-namespace")));
    assertThat(document.proxies())
        .extracting(Object::toString)
        .containsExactly("mesh/shop-test/virtualNode/cart");
    assertThat(document.virtualNode("cart"))
        .isEqualTo(new MeshProxy(document.proxies().iterator().next(), List.of(8080)));
    JsonNode resources = synthesized().path("Resources");
    assertThat(resources.findValuesAsText("Type")).contains("AWS::SSM::Parameter");
    String value = resources.findValue("Value").toString();
    assertThat(value)
        .contains(
            "{\"Ref\":\"Host\"}",
            "{\"Fn::ImportValue\":\"shop-namespace\"}",
            "{\"Ref\":\"AWS::Region\"}",
            "s3://cdk-hnb659fds-assets-");
    assertThat(resources.findValue("Name").asText()).isEqualTo("/shop/mesh");
  }

  /** Certificates and tasks are made of it, and would be those of another mesh. */
  @Test
  void aNameOrPortThatOnlyADeploymentKnowsFails() throws IOException {
    Stack stack = stack();
    Path file = template(TEMPLATE);
    String token = CfnParameter.Builder.create(stack, "Token").build().getValueAsString();
    refuses(
        stack,
        file,
        Map.of("Environment", token),
        "shop.yaml: mesh shop-1 has in it what only a deployment knows (1 stands for it)");
    refuses(
        stack,
        file,
        Map.of("Environment", "test", "Port", token),
        "shop.yaml: virtual node cart, ports [1] has in it what only a deployment knows");
  }

  /** SSM would refuse the parameter in the middle of a deployment. */
  @Test
  void whatDoesNotFitIntoTheParameterFails() throws IOException {
    refuses(
        stack(),
        template(
            TEMPLATE.replace("Host:", "Notes: {Type: String}\n  More: {Type: String}\n  Host:")),
        // With names, punctuation and the template's URL, that is too much.
        Map.of("Environment", "test", "Notes", "n".repeat(4000), "More", "m".repeat(3850)),
        " bytes (16 for each that only a deployment knows), and SSM takes 8192; ");
  }

  @Test
  void aNameThatSsmKeepsForItselfFails() throws IOException {
    Path file = template(TEMPLATE);
    Stack stack = stack();
    for (String name :
        List.of("/aws/mesh", "/AWSome/mesh", "/ssm-shop", "shop/mesh", "/shop//mesh")) {
      assertThatThrownBy(() -> MeshDocument.ofTemplate(stack, name, name, file, Map.of(), Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the name '%s' of SSM parameters is not allowed; ", name);
      assertThatThrownBy(() -> new MeshCertificates.Parameters(name))
          .hasMessageStartingWith("the name '%s' of", name);
    }
  }

  /** A bucket of somebody's own, whose name does not follow from the qualifier. */
  @Test
  void whoReadsItReadsTheBucketInWhichItIs() throws IOException {
    Stack stack =
        new Stack(
            app,
            "shop",
            StackProps.builder()
                .synthesizer(
                    DefaultStackSynthesizer.Builder.create()
                        .fileAssetsBucketName("assets-of-the-shop")
                        .build())
                .build());
    MeshDocument document =
        MeshDocument.ofTemplate(
            stack,
            "Document",
            "/shop/mesh",
            template(TEMPLATE),
            Map.of("Environment", "test"),
            Map.of("shop-namespace", "shop.local"));
    List<String> allowed = new ArrayList<>();
    document.allowReading(
        stack,
        (actions, resource) -> allowed.add(actions + String.valueOf(stack.resolve(resource))));
    assertThat(allowed)
        .hasSize(2)
        .anyMatch(
            one -> one.contains("s3:GetObject") && one.contains(":s3:::assets-of-the-shop/*"));
    assertThat(synthesized().findValue("Value").toString()).contains("s3://assets-of-the-shop/");
  }

  private static void refuses(
      Stack stack, Path file, Map<String, String> parameters, String message) {
    assertThatThrownBy(
            () ->
                MeshDocument.ofTemplate(
                    stack,
                    message,
                    "/shop/mesh",
                    file,
                    parameters,
                    Map.of("shop-namespace", "shop.local")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aProxyThatTheMeshDoesNotHaveFailsWithThoseThatItHas() throws IOException {
    MeshDocument document =
        MeshDocument.ofTemplate(
            stack(),
            "Document",
            "/shop/mesh",
            template(TEMPLATE),
            Map.of("Environment", "test"),
            Map.of("shop-namespace", "shop.local"));
    assertThatThrownBy(() -> document.virtualNode("carts"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            "shop.yaml: the mesh shop-test has no virtual node carts; it has: cart");
    assertThatThrownBy(() -> document.virtualGateway("front"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            "shop.yaml: the mesh shop-test has no virtual gateway front; it has: none");
  }

  @Test
  void whatCannotBeReadFailsWithItsPlace() throws IOException {
    Path broken = template(TEMPLATE.replace("Protocol: http}", "Protocol: smtp}"));
    assertThatThrownBy(
            () ->
                MeshDocument.ofTemplate(
                    stack(),
                    "Document",
                    "/shop/mesh",
                    broken,
                    Map.of("Environment", "test"),
                    Map.of("shop-namespace", "shop.local")))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("shop.yaml")
        .hasMessageContaining("Cart")
        .hasMessageContaining("smtp");
  }

  @Test
  void whatOnlyADeploymentKnowsFailsUnlessItIsGiven() throws IOException {
    Path whole = template(TEMPLATE);
    assertThatThrownBy(
            () ->
                MeshDocument.ofTemplate(
                    stack(),
                    "Document",
                    "/shop/mesh",
                    whole,
                    Map.of("Environment", "test"),
                    Map.of()))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("shop.yaml")
        .hasMessageContaining("shop-namespace");
  }

  @Test
  void whatEnvoysCannotBeToldFailsToo() throws IOException {
    Path port = template(TEMPLATE.replace("Default: 8080", "Default: 9901"));
    assertThatThrownBy(
            () ->
                MeshDocument.ofTemplate(
                    stack(),
                    "Document",
                    "/shop/mesh",
                    port,
                    Map.of("Environment", "test"),
                    Map.of("shop-namespace", "shop.local")))
        .isInstanceOf(UntranslatableMesh.class)
        .hasMessageContaining("shop.yaml: The virtual node cart would need port 9901 twice");
  }

  @Test
  void ofConstructs() throws IOException {
    Stack stack = stack();
    MeshDocument document =
        MeshDocument.ofConstructs(
            stack,
            "Document",
            "/shop/mesh",
            apart -> {
              Mesh mesh = Mesh.Builder.create(apart, "Mesh").meshName("shop").build();
              VirtualNode.Builder.create(apart, "Cart")
                  .mesh(mesh)
                  .virtualNodeName("cart")
                  .listeners(List.of(VirtualNodeListener.http()))
                  .serviceDiscovery(
                      ServiceDiscovery.dns("cart." + Fn.importValue("shop-namespace")))
                  .build();
            });
    assertThat(document.mesh().nodes()).containsOnlyKeys("cart");
    assertThat(Files.readString(document.file())).contains("AWS::AppMesh::VirtualNode");
    JsonNode template = synthesized();
    assertThat(template.path("Resources").valueStream().map(r -> r.path("Type").asText()).toList())
        .containsExactly("AWS::SSM::Parameter");
    assertThat(template.path("Resources").findValue("Value").toString())
        .contains("{\"Fn::ImportValue\":\"shop-namespace\"}");
  }

  /** Each has a file of its own, or one mesh's Envoys would be told of the other. */
  @Test
  void twoInAStackAreTwo() throws IOException {
    Stack stack = stack();
    MeshDocument one = named(stack, "one");
    MeshDocument two = named(stack, "two");
    assertThat(Files.readString(one.file())).contains("\"one\"").doesNotContain("\"two\"");
    assertThat(Files.readString(two.file())).contains("\"two\"").doesNotContain("\"one\"");
    assertThat(
            synthesized().findValues("Value").stream()
                .map(value -> HASH.matcher(value.toString()).results().toList().get(0).group()))
        .hasSize(2)
        .doesNotHaveDuplicates();
  }

  private static MeshDocument named(Stack stack, String name) {
    return MeshDocument.ofConstructs(
        stack,
        name,
        "/" + name,
        apart -> Mesh.Builder.create(apart, "Mesh").meshName(name).build());
  }

  /** What SSM refuses would end a deployment in its middle. */
  @Test
  void aNameThatCanBeInNoParameterFails() {
    Stack stack = stack();
    MeshCertificates.Parameters parameters = new MeshCertificates.Parameters("/shop/certificates");
    for (String name : List.of("web node", "w\u00e9b", "web:1")) {
      ProxyId proxy = new ProxyId("shop", ProxyId.Kind.VIRTUAL_NODE, name);
      assertThatThrownBy(() -> parameters.identity(stack, name, proxy))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "mesh/shop/virtualNode/%s: its certificate would be in the SSM parameter '/shop/certificates/mesh/shop/virtualNode/%s', a name that is not allowed; name the mesh, its nodes and gateways with letters, digits, '_', '.' and '-', at most 15 words after a '/' in all",
              name, name);
    }
    assertThatThrownBy(() -> new MeshCertificates.Parameters("/a".repeat(16)))
        .hasMessageContaining("allowed are up to 15 words");
  }

  @Test
  void anAccessLogThatCannotBeWrittenFails() throws IOException {
    Stack stack = stack();
    String logging = "        Logging: {AccessLog: {File: {Path: %s}}}\n";
    Path stdout = template(TEMPLATE + logging.formatted("/dev/stdout"));
    assertThat(ofShop(stack, "One", stdout).mesh().nodes()).containsOnlyKeys("cart");
    Path file = template(TEMPLATE + logging.formatted("/var/log/envoy.log"));
    assertThatThrownBy(() -> ofShop(stack, "Two", file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: the access log of mesh/shop-test/virtualNode/cart is the file /var/log/envoy.log, which its Envoy cannot write on a read-only file system; write /dev/stdout, which goes where the container logs",
            file);
  }

  private static MeshDocument ofShop(Stack stack, String id, Path file) {
    return MeshDocument.ofTemplate(
        stack,
        id,
        "/shop/mesh",
        file,
        Map.of("Environment", "test"),
        Map.of("shop-namespace", "shop.local"));
  }

  /** There is no option here that says which is meant. */
  @Test
  void aTemplateOfTwoMeshesFails() throws IOException {
    Path file =
        template(
            TEMPLATE
                + "  Other:\n    Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: other}\n");
    assertThatThrownBy(() -> ofShop(stack(), "Document", file))
        .isInstanceOf(TemplateException.class)
        .hasMessageEndingWith(
            "has 2 meshes: shop-test, other; a document is of one mesh, so give each a template of its own");
  }
}
