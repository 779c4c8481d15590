package colorteller.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Switches the mesh that {@code up} keeps running to another stage. */
@Command(
    name = "switch",
    description = "Switch the mesh that ./walkthrough up keeps running to another stage.")
final class SwitchCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Parameters(paramLabel = "NAME", description = "The stage.")
  String stage = "";

  @Override
  public Integer call() {
    Control.Answer answer =
        Control.send(stage)
            .orElseThrow(
                () ->
                    new UnusableInput(
                        "No mesh is up; start one in another terminal: ./walkthrough up"));
    if (answer.status() == ExitStatus.UNUSABLE_INPUT) {
      throw new UnusableInput(answer.text());
    }
    System.out.println(answer.text());
    return answer.status();
  }
}
