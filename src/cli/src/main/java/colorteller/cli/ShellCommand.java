package colorteller.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Opens a shell in a network namespace of the VPC that {@code up} keeps running. */
@Command(
    name = "shell",
    description =
        "Open a shell inside the VPC that ./walkthrough up --network vpc keeps running: at a task,"
            + " the load balancer, the bastion, the router, or the client in the internet.")
final class ShellCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "Where; ./walkthrough up lists the names.")
  String name = "";

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "A command to run there instead of a shell, with its options.")
  List<String> command = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>();
    Control.send(Control.Order.SHELL, name).forEach(word -> whole.add(word.asText()));
    whole.addAll(command.isEmpty() ? List.of("bash", "--norc") : command);
    ProcessBuilder builder = new ProcessBuilder(whole).inheritIO();
    // Where Debian has ip and nft, which are for its root; here everybody is.
    builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    builder.environment().put("PS1", name + ":\\w\\$ ");
    Process inside = builder.start();
    // Ctrl-C is for what runs inside: it may have something to say at its end.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> inside.onExit().join(), "await the end"));
    return inside.waitFor();
  }
}
