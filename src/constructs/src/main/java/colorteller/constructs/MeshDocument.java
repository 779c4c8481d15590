package colorteller.constructs;

import colorteller.controlplane.Translator;
import colorteller.controlplane.UntranslatableMesh;
import colorteller.controlplane.WithoutRedirection;
import colorteller.mesh.FileAccessLog;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.Names;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.s3.assets.Asset;
import software.amazon.awscdk.services.ssm.ParameterTier;
import software.amazon.awscdk.services.ssm.StringParameter;
import software.constructs.Construct;

/**
 * A mesh as a document: an App Mesh template in S3, which no CloudFormation stack creates, and an
 * SSM parameter that points at it. A {@link ControlPlane} that is told the parameter's name serves
 * the Envoys of that mesh. A changed mesh changes the asset and the parameter, and nothing else.
 *
 * <p>The template is read and translated while the app synthesizes. What App Mesh would have taken,
 * and the control plane cannot do, ends the synthesis with its place in the template.
 */
public final class MeshDocument extends Construct {

  private static final Pattern IMPORT = Pattern.compile("\"Fn::ImportValue\"\\s*:\\s*\"([^\"]+)\"");

  /** What SSM takes of an advanced parameter, which this becomes if it must. */
  private static final int MOST_BYTES = 8192;

  /** As long as any account's number, region or domain, and most names. */
  private static final String COUNTED_AS = "................";

  /** As long as the URL of any asset can be: a bucket's name, a hash, an ending. */
  private static final String LONGEST_URL = "s3://" + ".".repeat(63 + 1 + 64 + 5);

  private final String parameterName;
  private final Path file;
  private final Mesh mesh;
  private final Asset asset;

  private MeshDocument(
      Construct scope,
      String id,
      String parameterName,
      Function<MeshDocument, Path> file,
      Map<String, String> parameters,
      Map<String, String> imports) {
    super(scope, id);
    this.parameterName = ParameterName.require(parameterName);
    this.file = file.apply(this);
    Map<String, String> values = new TreeMap<>(parameters);
    pseudoParameters().forEach(values::putIfAbsent);
    TemplateAtSynthesis template = new TemplateAtSynthesis(this.file, values, imports);
    try {
      mesh = template.mesh();
      // What cannot be translated says so.
      proxies();
    } catch (UntranslatableMesh e) {
      throw e.in(this.file);
    }
    mesh.nodes()
        .values()
        .forEach(node -> requireWritable(ProxyId.of(mesh, node), node.accessLog()));
    mesh.gateways()
        .values()
        .forEach(gateway -> requireWritable(ProxyId.of(mesh, gateway), gateway.accessLog()));
    requireShort(template);

    asset = Asset.Builder.create(this, "Template").path(this.file.toString()).build();
    StringParameter.Builder.create(this, "Parameter")
        .parameterName(parameterName)
        .description("The document of the mesh " + mesh.name())
        // Costs nothing as long as it is short.
        .tier(ParameterTier.INTELLIGENT_TIERING)
        .stringValue(Stack.of(this).toJsonString(pointer(asset.getS3ObjectUrl(), template)))
        .build();
  }

  /** In an order that stays. */
  private static Map<String, Object> pointer(String url, TemplateAtSynthesis template) {
    return new TreeMap<>(
        Map.of(
            "template",
            url,
            "parameters",
            new TreeMap<>(template.parameters()),
            "imports",
            new TreeMap<>(template.imports())));
  }

  /**
   * A mesh of constructs: those of {@code aws-cdk-lib}'s {@code appmesh}.
   *
   * @param parameterName of the SSM parameter, such as {@code /shop/mesh}
   * @param mesh adds the mesh to a stack that is never deployed, and has this one's name
   * @throws colorteller.mesh.template.TemplateException if it cannot be read or translated
   */
  public static MeshDocument ofConstructs(
      Construct scope, String id, String parameterName, Consumer<Stack> mesh) {
    String text = ApartTemplate.of(scope, mesh);
    Map<String, String> imports =
        IMPORT
            .matcher(text)
            .results()
            .map((MatchResult found) -> found.group(1))
            .distinct()
            .collect(Collectors.toMap(name -> name, Fn::importValue));
    return new MeshDocument(
        scope, id, parameterName, document -> document.write(text), Map.of(), imports);
  }

  /** Beside what the app synthesizes: who reads the templates there reads it as well. */
  private Path write(String text) {
    try {
      return Files.writeString(
          Path.of(
              software.amazon.awscdk.Stage.of(this).getOutdir(),
              // A stack may have several.
              Names.uniqueId(this) + ".mesh.json"),
          text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A mesh of an App Mesh template.
   *
   * @param parameterName of the SSM parameter, such as {@code /shop/mesh}
   * @param template a CloudFormation template, JSON or YAML, with one mesh and all that is in it;
   *     what else it has is left alone
   * @param parameters values of the template's parameters; they may be tokens, but for those of
   *     which names and ports are made. Account, region and the like are those of this stack
   * @param imports values of what the template imports, by the name of the export; they may be
   *     tokens, such as {@code Fn.importValue(name)}
   * @throws colorteller.mesh.template.TemplateException if it cannot be read or translated
   */
  public static MeshDocument ofTemplate(
      Construct scope,
      String id,
      String parameterName,
      Path template,
      Map<String, String> parameters,
      Map<String, String> imports) {
    return new MeshDocument(scope, id, parameterName, document -> template, parameters, imports);
  }

  /** Envoy rejects a listener whose log it cannot open, and never gets healthy. */
  private void requireWritable(ProxyId proxy, Optional<FileAccessLog> log) {
    if (log.isPresent() && !log.get().path().startsWith("/dev/")) {
      throw new IllegalArgumentException(
          "%s: the access log of %s is the file %s, which its Envoy cannot write on a read-only file system; write /dev/stdout, which goes where the container logs"
              .formatted(file, proxy, log.get().path()));
    }
  }

  /** Else the deployment would fail, once all else is made. */
  private void requireShort(TemplateAtSynthesis template) {
    int bytes =
        new ObjectMapper()
            .valueToTree(pointer(LONGEST_URL, template.with(COUNTED_AS)))
            .toString()
            .getBytes(StandardCharsets.UTF_8)
            .length;
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "%s: its parameters and imports make an SSM parameter %s of %d bytes (%d for each that only a deployment knows), and SSM takes %d; write values that never differ into the template"
              .formatted(file, parameterName, bytes, COUNTED_AS.length(), MOST_BYTES));
    }
  }

  private Map<String, String> pseudoParameters() {
    return Map.of(
        "AWS::AccountId", Aws.ACCOUNT_ID,
        "AWS::Partition", Aws.PARTITION,
        "AWS::Region", Aws.REGION,
        "AWS::StackName", Stack.of(this).getStackName(),
        "AWS::URLSuffix", Aws.URL_SUFFIX);
  }

  /**
   * Tells what somebody must be allowed to do that reads the document, whatever it is at the time.
   *
   * @param scope in the account and region of the document
   * @param allow is given actions and a resource
   */
  public void allowReading(Construct scope, BiConsumer<List<String>, String> allow) {
    allow.accept(
        List.of("ssm:GetParameter"),
        Stack.of(scope)
            .formatArn(
                ArnComponents.builder()
                    .service("ssm")
                    .resource("parameter" + parameterName)
                    .build()));
    allow.accept(List.of("s3:GetObject"), assets(scope));
  }

  /** The objects of the bucket in which the document is, and those of later deployments will be. */
  String assets(Construct scope) {
    return Fn.join(
        "",
        List.of("arn:", Stack.of(scope).getPartition(), ":s3:::", asset.getS3BucketName(), "/*"));
  }

  /** The name of the SSM parameter. */
  public String parameterName() {
    return parameterName;
  }

  /** The template. */
  public Path file() {
    return file;
  }

  /** The mesh; what only a deployment knows is {@code 1} in it: no name and no port. */
  public Mesh mesh() {
    return mesh;
  }

  /** The Cloud Map namespaces in which its nodes are found. */
  Stream<String> namespaces() {
    return TemplateAtSynthesis.namespaces(mesh);
  }

  /**
   * The Envoy of a virtual node.
   *
   * @throws IllegalArgumentException if the mesh has no such node
   */
  public MeshProxy virtualNode(String name) {
    VirtualNode node = mesh.nodes().get(name);
    if (node == null) {
      throw new IllegalArgumentException(unknown("virtual node", name, mesh.nodes().keySet()));
    }
    return new MeshProxy(ProxyId.of(mesh, node), TemplateAtSynthesis.ports(node.listeners()));
  }

  /**
   * The Envoy of a virtual gateway.
   *
   * @throws IllegalArgumentException if the mesh has no such gateway
   */
  public MeshProxy virtualGateway(String name) {
    VirtualGateway gateway = mesh.gateways().get(name);
    if (gateway == null) {
      throw new IllegalArgumentException(
          unknown("virtual gateway", name, mesh.gateways().keySet()));
    }
    return new MeshProxy(ProxyId.of(mesh, gateway), TemplateAtSynthesis.ports(gateway.listeners()));
  }

  private String unknown(String kind, String name, Set<String> known) {
    return "%s: the mesh %s has no %s %s; it has: %s"
        .formatted(
            file,
            mesh.name(),
            kind,
            name,
            known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known)));
  }

  /** Its Envoys, in an order that stays. */
  public Set<ProxyId> proxies() {
    return new Translator(mesh, new WithoutRedirection(mesh), Map.of()).proxies().keySet();
  }
}
