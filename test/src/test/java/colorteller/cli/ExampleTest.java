package colorteller.cli;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody's CDK app: that of {@code test/example}, with the jars of its Maven dependencies, in a
 * folder of its own. Nothing of the repository is there but these and what the app itself has.
 */
class ExampleTest {

  private static final Path EXAMPLE = Path.of("test/example");
  private static final String TEMPLATE = "shop.template.json";

  private static final String OF_THIS_ACCOUNT =
      "arn:\\$\\{AWS::Partition}:(\\w+):\\$\\{AWS::Region}:\\$\\{AWS::AccountId}:";

  private static final Set<String> START_A_TASK =
      Set.of(
          "ecr:BatchCheckLayerAvailability, ecr:GetDownloadUrlForLayer, ecr:BatchGetImage on ecr:repository/cdk-hnb659fds-container-assets-${AWS::AccountId}-${AWS::Region}",
          "ecr:GetAuthorizationToken on *",
          "logs:CreateLogStream, logs:PutLogEvents on Logs");

  @TempDir static Path folder;

  private static Path out;
  private static JsonNode template;

  @BeforeAll
  static void synthesize() throws Exception {
    out = folder.resolve("cdk.out");
    Files.copy(EXAMPLE.resolve("mesh.yaml"), folder.resolve("mesh.yaml"));
    List<String> jars = new ArrayList<>(List.of(ownJar("example", EXAMPLE)));
    for (String jar :
        Files.readString(EXAMPLE.resolve("target/classpath")).split(File.pathSeparator)) {
      Path path = Path.of(jar);
      jars.add(path.startsWith(Command.root()) ? copied(path) : jar);
    }
    List<String> command = new ArrayList<>(List.of("sh", "-c", "cd \"$0\" && exec \"$@\""));
    command.add(folder.toString());
    command.addAll(Command.java(String.join(File.pathSeparator, jars), "shop.ShopApp"));
    Command.Result result =
        Command.run(Map.of("CDK_VALIDATION", "false", "CDK_OUTDIR", out.toString()), command);
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).doesNotContain("SLF4J", "WARN");
    template = new ObjectMapper().readTree(out.resolve(TEMPLATE).toFile());
  }

  private static String ownJar(String module, Path moduleFolder) throws IOException {
    return copied(moduleFolder.resolve("target/%s-1.0-SNAPSHOT.jar".formatted(module)));
  }

  private static String copied(Path jar) throws IOException {
    return Files.copy(jar, folder.resolve(jar.getFileName())).toString();
  }

  @Test
  void itsTemplate() throws Exception {
    Command.Result linted =
        // W3005: CDK lets a function wait for its role twice.
        Command.run(
            Map.of(),
            List.of(
                ".tools/cfn-lint",
                "--ignore-checks",
                "W3005",
                "--",
                out.resolve(TEMPLATE).toString()));
    assertThat(linted.status()).as(linted.out()).isZero();
    new GoldenTemplates(Path.of("test/src/test/resources/example"))
        .areThese(
            Map.of(TEMPLATE, TemplateSet.withoutHashes(Files.readString(out.resolve(TEMPLATE)))),
            Files.createDirectory(folder.resolve("without-hashes")));
  }

  @Test
  void nobodyMayDoMoreThanItNeeds() {
    Map<String, Set<String>> allowed = new TreeMap<>();
    resources("AWS::IAM::Policy")
        .forEach(
            policy ->
                allowed.put(
                    withoutHash(policy.at("/Properties/Roles/0/Ref").asText()),
                    statements(policy).collect(toSet())));
    assertThat(allowed)
        .isEqualTo(
            Map.of(
                "CertificatesFunctionRole",
                Set.of(
                    "logs:CreateLogStream, logs:PutLogEvents on CertificatesFunctionLogGroup",
                    "ssm:GetParametersByPath on ssm:parameter/shop/certificates, ssm:parameter/shop/certificates/*",
                    "ssm:DeleteParameters, ssm:PutParameter on ssm:parameter/shop/certificates/*",
                    "ecs:ListServices on * if ArnEquals ecs:cluster Cluster",
                    "ecs:DescribeServices, ecs:UpdateService on ecs:service/${Cluster}/*",
                    "ecs:DescribeTaskDefinition on *"),
                "ControlPlaneTaskTaskRole",
                Set.of(
                    "ssm:GetParameters, ssm:GetParameterHistory on ssm:parameter/shop/mesh",
                    "ssm:GetParameter on ssm:parameter/shop/certificates/control-plane, ssm:parameter/shop/certificates/trust-bundle",
                    "s3:GetObject on arn:${AWS::Partition}:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/*",
                    "servicediscovery:DiscoverInstances on * if StringEquals servicediscovery:NamespaceName shop.local",
                    "servicediscovery:ListInstances, servicediscovery:ListNamespaces, servicediscovery:ListServices on *"),
                "ControlPlaneTaskExecutionRole",
                START_A_TASK,
                "FrontTaskExecutionRole",
                startAnEnvoy("virtualGateway/front"),
                "WebTaskExecutionRole",
                startAnEnvoy("virtualNode/web"),
                "CartTaskExecutionRole",
                startAnEnvoy("virtualNode/cart"),
                "StockTaskExecutionRole",
                startAnEnvoy("virtualNode/stock")));
    assertThat(stream(template.path("Resources")).map(r -> r.at("/Properties/ManagedPolicyArns")))
        .allMatch(JsonNode::isMissingNode);
  }

  private static Set<String> startAnEnvoy(String proxy) {
    Set<String> statements = new TreeSet<>(START_A_TASK);
    for (String parameter : List.of("mesh/shop/" + proxy, "trust-bundle")) {
      statements.add(
          "ssm:DescribeParameters, ssm:GetParameters, ssm:GetParameter, ssm:GetParameterHistory on ssm:parameter/shop/certificates/"
              + parameter);
    }
    return statements;
  }

  private static Stream<String> statements(JsonNode policy) {
    return stream(policy.at("/Properties/PolicyDocument/Statement"))
        .map(
            statement ->
                "%s on %s%s"
                    .formatted(
                        each(statement.path("Action")),
                        each(statement.path("Resource")),
                        conditions(statement.path("Condition")))
                    .replaceAll(OF_THIS_ACCOUNT, "$1:"));
  }

  private static String conditions(JsonNode operators) {
    return operators.properties().stream()
        .flatMap(
            operator ->
                operator.getValue().properties().stream()
                    .map(
                        key ->
                            " if %s %s %s"
                                .formatted(operator.getKey(), key.getKey(), each(key.getValue()))))
        .collect(joining());
  }

  private static String each(JsonNode oneOrMore) {
    return oneOrMore.isArray()
        ? stream(oneOrMore).map(ExampleTest::text).collect(joining(", "))
        : text(oneOrMore);
  }

  /** Who may open a connection to whom: from whom, to whom, at which port. */
  @Test
  void whoIsOpenToWhom() {
    Set<String> open = new TreeSet<>();
    resources("AWS::EC2::SecurityGroupIngress")
        .map(rule -> rule.path("Properties"))
        .forEach(
            rule ->
                open.add(
                    "%s → %s: %s"
                        .formatted(
                            text(rule.path("SourceSecurityGroupId")),
                            text(rule.path("GroupId")),
                            rule.path("FromPort"))));
    template
        .path("Resources")
        .properties()
        .forEach(
            group ->
                stream(group.getValue().at("/Properties/SecurityGroupIngress"))
                    .forEach(
                        rule ->
                            open.add(
                                "%s → %s: %s"
                                    .formatted(
                                        text(rule.path("CidrIp")),
                                        withoutHash(group.getKey()),
                                        rule.path("FromPort")))));
    assertThat(open)
        .containsExactlyInAnyOrder(
            "0.0.0.0/0 → BalancerSecurityGroup: 80",
            "BalancerSecurityGroup → FrontSecurityGroup: 8080",
            "FrontSecurityGroup → WebSecurityGroup: 8080",
            "WebSecurityGroup → CartSecurityGroup: 8080",
            "CartSecurityGroup → StockSecurityGroup: 9000",
            "FrontSecurityGroup → ControlPlaneGroup: 18000",
            "WebSecurityGroup → ControlPlaneGroup: 18000",
            "CartSecurityGroup → ControlPlaneGroup: 18000",
            "StockSecurityGroup → ControlPlaneGroup: 18000");
  }

  /**
   * The document that is deployed, on real Envoys: the gateway's requests, and those of backends.
   */
  @Test
  void itsMeshDoesWhatItSays() throws Exception {
    Map<String, String> pointer = new TreeMap<>();
    JsonNode value = new ObjectMapper().readTree(text(parameter()));
    value
        .path("parameters")
        .properties()
        .forEach(p -> pointer.put(p.getKey(), p.getValue().asText()));
    assertThat(pointer).containsEntry("Domain", "shop.local");
    String object = value.path("template").asText();
    Path document = out.resolve("asset." + object.substring(object.lastIndexOf('/') + 1));
    assertThat(document).hasSameTextualContentAs(EXAMPLE.resolve("mesh.yaml"));
    Command.Result local =
        InThisProcess.walkthrough(
            "local",
            "--template",
            document.toString(),
            "--parameter",
            "Domain=" + pointer.get("Domain"));
    assertThat(local.status()).as(local.err()).isZero();
    assertThat(local.out().lines().map(line -> line.replaceAll(" {2,}", " | ")))
        .contains(
            "front / | web | web | web | 1",
            "web → cart.shop.local:8080 / | cart | cart | - | 1",
            "cart → stock.shop.local:9000 a connection | stock | stock | - | -");
  }

  /** What the jars have in them comes out as it was built. */
  @Test
  void itDeploysWhatWasBuilt() throws IOException {
    Set<String> function = files(Path.of("lambda/mesh-certificates/target/package"));
    try (ZipFile zip = new ZipFile(asset("Certificates/Function/Function/Code").toFile())) {
      assertThat(zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName))
          .containsAll(function)
          .hasSize(function.size() + 1)
          .contains("META-INF/MANIFEST.MF");
    }
    Path service = Path.of("src/mesh-service");
    Set<String> image = new TreeSet<>(Set.of(".dockerignore", "Dockerfile", "healthy"));
    image.add("logging.properties");
    for (String built : List.of("target/classes", "target/lib")) {
      files(service.resolve(built)).forEach(file -> image.add(built + "/" + file));
    }
    assertThat(files(asset("ControlPlane/Image"))).isEqualTo(image);
    assertThat(files(asset("Envoy"))).containsExactlyInAnyOrder("Dockerfile", "sidecar");
  }

  private static Path asset(String displayName) throws IOException {
    JsonNode assets = new ObjectMapper().readTree(out.resolve("shop.assets.json").toFile());
    return Stream.of("files", "dockerImages")
        .flatMap(kind -> stream(assets.path(kind)))
        .filter(asset -> asset.path("displayName").asText().equals(displayName))
        .map(asset -> asset.path("source"))
        .map(source -> source.path(source.has("path") ? "path" : "directory").asText())
        .map(out::resolve)
        .findFirst()
        .orElseThrow();
  }

  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .collect(toCollection(TreeSet::new));
    }
  }

  @Test
  void itsCodeIsWhatThePageShows() throws IOException {
    String source = Files.readString(EXAMPLE.resolve("src/main/java/shop/ShopStack.java"));
    assertThat(Files.readString(Path.of("docs/your-services.md")))
        .contains("```java\n" + source.substring(source.indexOf("/** A shop")) + "```\n");
  }

  private static JsonNode parameter() {
    return resources("AWS::SSM::Parameter").findFirst().orElseThrow().at("/Properties/Value");
  }

  private static Stream<JsonNode> resources(String type) {
    return stream(template.path("Resources"))
        .filter(resource -> resource.path("Type").asText().equals(type));
  }

  private static Stream<JsonNode> stream(JsonNode several) {
    return StreamSupport.stream(several.spliterator(), false);
  }

  /** A value of the template in short: what a function refers to, without its hash. */
  private static String text(JsonNode value) {
    if (value.has("Ref")) {
      return "${%s}".formatted(withoutHash(value.path("Ref").asText()));
    }
    if (value.has("Fn::GetAtt")) {
      return withoutHash(value.at("/Fn::GetAtt/0").asText());
    }
    if (value.has("Fn::Join")) {
      return stream(value.at("/Fn::Join/1")).map(ExampleTest::text).collect(joining());
    }
    return value.has("Fn::Sub") ? value.path("Fn::Sub").asText() : value.asText();
  }

  private static String withoutHash(String logicalId) {
    return logicalId.replaceFirst("[0-9A-F]{8}$", "");
  }
}
