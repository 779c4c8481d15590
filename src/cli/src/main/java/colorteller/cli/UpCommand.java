package colorteller.cli;

import colorteller.cli.report.TableReport;
import colorteller.local.MeshFailure;
import colorteller.local.Network;
import colorteller.local.Session;
import colorteller.mesh.IpFamily;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.page.Page;
import colorteller.page.Stages;
import colorteller.page.UnusableRequest;
import colorteller.vpc.VpcNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keeps a mesh running, for its page and for curl. */
@Command(
    name = "up",
    description =
        "Keep the mesh running, for its page in a browser and for curl. Type a stage's name, or use"
            + " the page, or ./walkthrough switch NAME in another terminal, to switch it. Ctrl-C"
            + " ends everything.")
final class UpCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Option(
      names = "--variant",
      paramLabel = "dns|cloud",
      description = "How nodes are found. Default: dns.")
  @Nullable String variant;

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "The stage to begin with. Default: v4_only.")
  @Nullable String stage;

  @Mixin ContextValues context = new ContextValues();

  @Mixin TemplateOptions own = new TemplateOptions();

  @Mixin NetworkOption network = new NetworkOption();

  @Option(names = "--open", description = "Open the page in the browser.")
  boolean open;

  private final CountDownLatch end = new CountDownLatch(1);
  private volatile @Nullable String failure;

  @Override
  public Integer call() throws Exception {
    Machine.requireIpv6();
    Control.refuseIfUp();
    Path envoy = Machine.envoy();
    List<Scenario> scenarios = scenarios();
    Stages stages = new Stages(scenarios);
    Scenario first =
        own.areGiven()
            ? scenarios.get(0)
            : named(stages, Objects.requireNonNullElse(stage, "v4_only"));
    try (Session session = new Session(network.of(envoy, first, context.values), first)) {
      session.listen(this::hear);
      Run run = session.switchTo(first);
      try (Page page = new Page(session, stages, first, run, orders(session));
          Control control = new Control(page)) {
        Thread cleanUp = new Thread(control::close, "forget the running mesh");
        Runtime.getRuntime().addShutdownHook(cleanUp);
        System.out.println(table(run));
        System.out.println(urls(session.local().network(), first));
        System.out.println("Page: " + page.url());
        System.out.println("Type a stage's name to switch, Ctrl-C to end.");
        if (open) {
          Browser.open(page.url());
        }
        readStages(session, stages);
        // Looks again and again whether all that should run still does.
        while (failure == null && !end.await(1, TimeUnit.SECONDS)) {
          session.supervise();
        }
      }
    } catch (MeshFailure e) {
      failure = e.getMessage();
    }
    WalkthroughCommand.say(Optional.ofNullable(failure).orElse(""));
    return failure == null ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }

  private List<Scenario> scenarios() {
    if (own.areGiven()) {
      return List.of(own.scenario(variant, stage, context));
    }
    String one = Objects.requireNonNullElse(variant, "dns");
    if (!List.of("dns", "cloud").contains(one)) {
      throw new UnusableInput(
          "--variant '%s' is not allowed; allowed are dns, cloud".formatted(one));
    }
    return Machine.synthesis().scenarios("all", List.of(one), context.values);
  }

  private void hear(Session.Event event) {
    if (event instanceof Session.Event.Failed failed) {
      failure = failed.why();
      end.countDown();
    }
  }

  private static Scenario named(Stages stages, String name) {
    try {
      return stages.of(name);
    } catch (UnusableRequest e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }

  /** What other commands ask for, beside stages. */
  private static Map<String, Page.Order> orders(Session session) {
    VpcOrders vpc = new VpcOrders(session);
    return Map.of(
        Control.Order.PROXIES.word(), any -> ProxiesCommand.read(session.local().proxies()),
        Control.Order.SHELL.word(), refusing(vpc::shell),
        Control.Order.RESTART.word(), refusing(vpc::restart));
  }

  private static Page.Order refusing(Page.Order order) {
    return word -> {
      try {
        return order.carryOut(word);
      } catch (UnusableInput e) {
        throw new UnusableRequest(String.valueOf(e.getMessage()));
      }
    };
  }

  private static void print(Session session, Stages stages, String name) {
    try {
      System.out.println(table(session.switchTo(stages.of(name))));
    } catch (UnusableRequest e) {
      System.out.println(e.getMessage());
    } catch (MeshFailure e) {
      // All that listen to the session have heard of it.
    }
  }

  private static void readStages(Session session, Stages stages) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (!line.isBlank()) {
                    print(session, stages, line.strip());
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
    return out.toString().stripTrailing();
  }
}
