package colorteller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deploys a service anew in the VPC that {@code up} keeps running, and counts requests. */
@Command(
    name = "restart",
    description =
        "Do what a deployment of a service does, in the VPC that ./walkthrough up --network vpc"
            + " keeps running: a new task, then the end of the old one. 200 requests a second tell"
            + " how many fail meanwhile, and why. It takes up to a minute.")
final class RestartCommand implements Callable<Integer> {

  /** When Cloud Map forgets an old task. */
  enum Deregister {
    last,
    first
  }

  @Mixin Help help = new Help();

  @Parameters(paramLabel = "NAME", description = "The service, such as colorteller-red.")
  String name = "";

  @Option(
      names = "--deregister",
      paramLabel = "last|first",
      description =
          "When Cloud Map forgets the old task: when it has stopped, as ECS does it, or before."
              + " Default: last.")
  Deregister deregister = Deregister.last;

  @Override
  public Integer call() {
    JsonNode report = Control.send(Control.Order.RESTART, name + " " + deregister);
    System.out.println(report.path("text").asText());
    return report.path("failed").asInt() == 0 ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }
}
