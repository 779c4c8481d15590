package colorteller.cli;

import colorteller.cli.report.TableReport;
import colorteller.local.MeshFailure;
import colorteller.local.Network;
import colorteller.local.Session;
import colorteller.mesh.IpFamily;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.report.JsonReport;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.vpc.VpcNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keeps a mesh running for curl. */
@Command(
    name = "up",
    description =
        "Keep the mesh running for curl. Type a stage's name, or use ./walkthrough switch NAME in"
            + " another terminal, to switch it. Ctrl-C ends everything.")
final class UpCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Option(
      names = "--variant",
      paramLabel = "dns|cloud",
      description = "How nodes are found. Default: ${DEFAULT-VALUE}.")
  String variant = "dns";

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "The stage to begin with. Default: ${DEFAULT-VALUE}.")
  String stage = "v4_only";

  @Mixin ContextValues context = new ContextValues();

  @Mixin NetworkOption network = new NetworkOption();

  private final Map<String, Scenario> stages = new LinkedHashMap<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile @Nullable String failure;

  @Override
  public Integer call() throws Exception {
    Machine.requireIpv6();
    Control.refuseIfUp();
    Path envoy = Machine.envoy();
    if (!List.of("dns", "cloud").contains(variant)) {
      throw new UnusableInput(
          "--variant '%s' is not allowed; allowed are dns, cloud".formatted(variant));
    }
    Machine.synthesis()
        .scenarios("all", List.of(variant), context.values)
        .forEach(scenario -> stages.put(scenario.stage().orElseThrow(), scenario));
    Scenario first = stage(stage);
    try (Session session = new Session(network.of(envoy, first, context.values), first);
        Control control =
            new Control(
                Map.of(
                    Control.Order.SWITCH, name -> switchTo(session, name).toString(),
                    Control.Order.SHELL, name -> VpcOrders.of(session).shell(name)))) {
      Thread cleanUp = new Thread(control::close, "forget the running mesh");
      Runtime.getRuntime().addShutdownHook(cleanUp);
      session.listen(this::hear);
      System.out.println(table(session.switchTo(first)));
      System.out.println(urls(session.local().network(), first));
      readStages(session);
      // Looks again and again whether all that should run still does.
      while (failure == null && !end.await(1, TimeUnit.SECONDS)) {
        session.supervise();
      }
    } catch (MeshFailure e) {
      failure = e.getMessage();
    }
    WalkthroughCommand.say(Optional.ofNullable(failure).orElse(""));
    return failure == null ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }

  private void hear(Session.Event event) {
    if (event instanceof Session.Event.Failed failed) {
      failure = failed.why();
      end.countDown();
    }
  }

  private Scenario stage(String name) {
    return Optional.ofNullable(stages.get(name))
        .orElseThrow(
            () ->
                new UnusableInput(
                    "stage '%s' is not allowed; allowed are %s"
                        .formatted(name, String.join(", ", stages.keySet()))));
  }

  private JsonReport switchTo(Session session, String name) {
    Scenario next = stage(name);
    try {
      return new JsonReport(List.of(session.switchTo(next)), Optional.empty());
    } catch (MeshFailure e) {
      return new JsonReport(List.of(), Optional.ofNullable(e.getMessage()));
    }
  }

  private void print(Session session, String name) {
    try {
      switchTo(session, name).runs().forEach(run -> System.out.println(table(run)));
    } catch (UnusableInput e) {
      System.out.println(e.getMessage());
    }
  }

  private void readStages(Session session) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (!line.isBlank()) {
                    print(session, line.strip());
                  }
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "stages from standard input");
    reader.setDaemon(true);
    reader.start();
  }

  private static String table(Run run) {
    return TableReport.of(List.of(run), Ansi.AUTO);
  }

  private static String urls(Network network, Scenario scenario) {
    StringBuilder out = new StringBuilder();
    for (VirtualGateway gateway : scenario.mesh().gateways().values()) {
      out.append(gateway.name());
      for (IpFamily family : IpFamily.values()) {
        out.append("  ").append(network.url(gateway, family));
      }
      out.append("\n");
    }
    if (network instanceof VpcNetwork vpc) {
      out.append(VpcOrders.guide(vpc));
    } else {
      out.append("Admin interfaces of the Envoys:\n");
      network
          .envoys()
          .adminUrls()
          .forEach((proxy, url) -> out.append("  %s  %s\n".formatted(proxy.name(), url)));
    }
    return out.append("Type a stage's name to switch, Ctrl-C to end.").toString();
  }
}
