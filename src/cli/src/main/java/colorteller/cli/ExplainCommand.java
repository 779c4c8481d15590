package colorteller.cli;

import static java.util.stream.Collectors.joining;

import colorteller.cli.report.ExplanationText;
import colorteller.local.LoopbackNetwork;
import colorteller.local.Session;
import colorteller.mesh.Call;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.Request;
import colorteller.mesh.Sender;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter.PortMapping;
import colorteller.mesh.report.Explanation;
import colorteller.mesh.report.Observation;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.Template;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which way one request takes through somebody's own mesh, and why. */
@Command(
    name = "explain",
    description =
        "Say which way a request takes through your own mesh: which routes were considered, which"
            + " took it, where it ends and what it gives, with places in the templates.")
final class ExplainCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin TemplateOptions source = new TemplateOptions();

  @Option(
      names = "--from",
      paramLabel = "NAME",
      description =
          "The virtual node whose application sends it, or the virtual gateway that it enters"
              + " through. Default: the gateway, if there is one.")
  @Nullable String from;

  @Option(names = "--method", paramLabel = "METHOD", description = "Default: GET, of gRPC POST.")
  @Nullable String method;

  @Option(
      names = "--header",
      paramLabel = "KEY=VALUE",
      description = "A header, or metadata of gRPC. Can be repeated.")
  List<String> headers = List.of();

  @Option(names = "--check", description = "Ask real Envoys, too; status 1 if they do otherwise.")
  boolean check;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      description = "How the result is written. Default: table.")
  Output.Format format = Output.Format.table;

  @Parameters(
      paramLabel = "URL",
      description =
          "Such as http://GATEWAY/path, or with --from NODE http://VIRTUAL-SERVICE/path. Of gRPC"
              + " the path is /SERVICE/METHOD; of TCP there is none.")
  String url = "";

  @Override
  public Integer call() {
    List<Template> templates = source.read();
    Scenario scenario = source.scenario(templates);
    Request request = request(scenario.mesh());
    Map<IpFamily, Observation> observed =
        check ? observed(scenario, request) : new EnumMap<>(IpFamily.class);
    RouteResult result = scenario.result(request, observed, Optional.empty());
    Explanation explanation = new Explanation(scenario, request, source.places(templates), result);
    System.out.println(
        format == Output.Format.json
            ? explanation.toJson()
            : ExplanationText.of(explanation).stripTrailing());
    return result.matches() ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }

  private Request request(Mesh mesh) {
    Url asked = Url.parse(url);
    Optional<VirtualNode> node = Optional.ofNullable(from).map(name -> mesh.nodes().get(name));
    return node.isPresent()
        ? fromNode(mesh, node.get(), asked)
        : throughGateway(mesh, gateway(mesh, asked), asked);
  }

  /**
   * A URL's parts. Names of virtual services may have underscores, which {@link URI} allows no
   * host.
   *
   * @param port empty if the URL has none
   */
  private record Url(boolean encrypted, String host, Optional<Integer> port, String path) {

    private static final Pattern AUTHORITY =
        Pattern.compile("(?<host>\\[[^]]+]|[^@:\\[\\]]+)(:(?<port>[0-9]{1,5})?)?");

    static Url parse(String text) {
      try {
        URI uri = URI.create(text);
        Matcher authority =
            AUTHORITY.matcher(Objects.requireNonNullElse(uri.getRawAuthority(), ""));
        if (authority.matches()) {
          String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
          return new Url(
              "https".equals(uri.getScheme()),
              authority.group("host"),
              Optional.ofNullable(authority.group("port")).map(Integer::valueOf),
              uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      throw new UnusableInput(
          "'%s' is not allowed; write a URL such as http://HOST/path".formatted(text));
    }

    boolean isFor(int listener) {
      return port.isEmpty() || port.get() == listener;
    }

    @Override
    public String toString() {
      return host + port.map(number -> ":" + number).orElse("");
    }
  }

  private VirtualGateway gateway(Mesh mesh, Url asked) {
    String name = Objects.requireNonNullElse(from, asked.host());
    VirtualGateway gateway = mesh.gateways().get(name);
    if (gateway != null) {
      return gateway;
    }
    if (from == null && mesh.gateways().size() == 1) {
      return mesh.gateways().values().iterator().next();
    }
    String allowed =
        Stream.concat(mesh.gateways().keySet().stream(), mesh.nodes().keySet().stream())
            .collect(joining(", "));
    if (allowed.isEmpty()) {
      throw new UnusableInput(
          "mesh %s has neither a virtual gateway nor a node that could send a request"
              .formatted(mesh.name()));
    }
    throw new UnusableInput(
        from == null
            ? "'%s' is no virtual gateway of mesh %s; say who sends the request, with --from: %s"
                .formatted(name, mesh.name(), allowed)
            : "--from '%s' is not in mesh %s; allowed are %s"
                .formatted(name, mesh.name(), allowed));
  }

  private Request throughGateway(Mesh mesh, VirtualGateway gateway, Url asked) {
    Listener listener =
        gateway.listeners().stream()
            .filter(l -> asked.isFor(l.port()))
            .findFirst()
            .orElseThrow(
                () ->
                    new UnusableInput(
                        "%s has no listener at port %d; allowed are %s"
                            .formatted(
                                gateway.name(),
                                asked.port().orElse(0),
                                gateway.listeners().stream()
                                    .map(l -> Integer.toString(l.port()))
                                    .collect(joining(", ")))));
    return Request.of(
        mesh,
        new Sender.Client(gateway, listener),
        dressed(Call.of(listener.protocol(), listener.port(), asked.host(), asked.path()), asked));
  }

  private Request fromNode(Mesh mesh, VirtualNode node, Url asked) {
    List<PortMapping> ports =
        Optional.ofNullable(mesh.services().get(asked.host()))
            .map(service -> mesh.routes().ports(service))
            .orElse(List.of());
    PortMapping port =
        ports.stream()
            .filter(p -> asked.isFor(p.port()))
            .findFirst()
            .orElseThrow(
                () ->
                    new UnusableInput(
                        "'%s' is no virtual service of mesh %s with such a port; allowed are %s"
                            .formatted(
                                asked,
                                mesh.name(),
                                mesh.services().values().stream()
                                    .flatMap(
                                        s ->
                                            mesh.routes().ports(s).stream()
                                                .map(p -> s.name() + ":" + p.port()))
                                    .collect(joining(", ")))));
    return Request.of(
        mesh,
        new Sender.Node(node),
        dressed(Call.of(port.protocol(), port.port(), asked.host(), asked.path()), asked));
  }

  private Call dressed(Call plain, Url asked) {
    Call call = asked.encrypted() ? plain.withScheme("https") : plain;
    if (method != null) {
      if (!Call.METHODS.contains(method)) {
        throw new UnusableInput(
            "--method '%s' is not allowed; allowed are %s"
                .formatted(method, String.join(", ", Call.METHODS)));
      }
      if (check && method.equals(Call.CONNECT)) {
        throw new UnusableInput(
            "CONNECT asks for a tunnel, and no application here gives one; leave --check out");
      }
      call = call.withMethod(method);
    }
    for (String header : headers) {
      call = withHeader(call, header);
    }
    return call;
  }

  private static Call withHeader(Call call, String header) {
    int equals = header.indexOf('=');
    if (equals < 1) {
      throw notAllowed(header, "write it as KEY=VALUE");
    }
    String name = header.substring(0, equals).toLowerCase(Locale.ROOT);
    String value = header.substring(equals + 1);
    if (name.startsWith(":")) {
      throw notAllowed(
          header,
          "say the method with --method, scheme and path in the URL, the host as host=NAME");
    }
    if (name.equals(Call.SCHEME_HEADER) && !Call.SCHEMES.contains(value)) {
      throw notAllowed(header, "allowed are " + String.join(", ", Call.SCHEMES));
    }
    Call result = call.withHeader(name, Optional.of(value));
    try {
      result.fault();
    } catch (IllegalArgumentException e) {
      throw notAllowed(header, "its value: " + e.getMessage());
    }
    return result;
  }

  private static UnusableInput notAllowed(String header, String instead) {
    return new UnusableInput("--header '%s' is not allowed; %s".formatted(header, instead));
  }

  private static Map<IpFamily, Observation> observed(Scenario scenario, Request request) {
    Machine.requireIpv6();
    Path envoy = Machine.envoy();
    Map<IpFamily, Observation> observed = new EnumMap<>(IpFamily.class);
    try (Session session =
        new Session(new LoopbackNetwork(envoy, scenario.mesh(), scenario.workloads()), scenario)) {
      session.local().apply(scenario.mesh());
      for (IpFamily entry : request.entries()) {
        observed.put(entry, session.local().prober().observe(request, entry));
      }
    }
    return observed;
  }
}
