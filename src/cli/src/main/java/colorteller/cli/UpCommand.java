package colorteller.cli;

import colorteller.cli.report.TableReport;
import colorteller.local.LocalMesh;
import colorteller.local.MeshFailure;
import colorteller.local.Rehearsal;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
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

  private final Map<String, Scenario> stages = new LinkedHashMap<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private @Nullable String failure;

  @Override
  public Integer call() throws Exception {
    Machine.requireIpv6();
    Path envoy = Machine.envoy();
    if (!List.of("dns", "cloud").contains(variant)) {
      throw new UnusableInput(
          "--variant '%s' is not allowed; allowed are dns, cloud".formatted(variant));
    }
    Machine.synthesis()
        .scenarios("all", List.of(variant), context.values)
        .forEach(scenario -> stages.put(scenario.stage().orElseThrow(), scenario));
    Scenario first = stage(stage);
    try (LocalMesh local = new LocalMesh(envoy, first.mesh(), first.workloads());
        Control control = new Control(name -> switchTo(local, name))) {
      Thread cleanUp = new Thread(control::close, "forget the running mesh");
      Runtime.getRuntime().addShutdownHook(cleanUp);
      System.out.println(switchTo(local, stage).text());
      System.out.println(urls(local, first));
      readStages(local);
      // Looks again and again whether all that should run still does.
      while (failure == null && !end.await(1, TimeUnit.SECONDS)) {
        supervise(local);
      }
    }
    WalkthroughCommand.say(Optional.ofNullable(failure).orElse(""));
    return failure == null ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }

  private Scenario stage(String name) {
    return Optional.ofNullable(stages.get(name))
        .orElseThrow(
            () ->
                new UnusableInput(
                    "stage '%s' is not allowed; allowed are %s"
                        .formatted(name, String.join(", ", stages.keySet()))));
  }

  private synchronized Control.Answer switchTo(LocalMesh local, String name) {
    try {
      Run run = new Rehearsal(local).run(stage(name));
      return new Control.Answer(
          TableReport.of(List.of(run), Ansi.AUTO),
          run.matches() ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS);
    } catch (UnusableInput e) {
      return new Control.Answer(String.valueOf(e.getMessage()), ExitStatus.UNUSABLE_INPUT);
    } catch (MeshFailure e) {
      failure = e.getMessage();
      return new Control.Answer(String.valueOf(failure), ExitStatus.DIFFERS);
    }
  }

  private synchronized void supervise(LocalMesh local) {
    try {
      local.supervise();
    } catch (MeshFailure e) {
      failure = e.getMessage();
    }
  }

  private void readStages(LocalMesh local) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (!line.isBlank()) {
                    System.out.println(switchTo(local, line.strip()).text());
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

  private static String urls(LocalMesh local, Scenario scenario) {
    StringBuilder out = new StringBuilder();
    for (VirtualGateway gateway : scenario.mesh().gateways().values()) {
      int port = local.port(gateway);
      out.append(
          "%s  http://127.0.0.1:%d  http://[::1]:%d%n".formatted(gateway.name(), port, port));
    }
    out.append("Admin interfaces of the Envoys:\n");
    local
        .adminPorts()
        .forEach((proxy, port) -> out.append("  %s  http://127.0.0.1:%d%n".formatted(proxy, port)));
    return out.append("Type a stage's name to switch, Ctrl-C to end.").toString();
  }
}
