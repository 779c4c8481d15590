package colorteller.synthesis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The CDK app, as it is started.
 *
 * @param root the folder that {@code cdk.json} is in
 * @param nodeCommand the {@code node} that is on PATH
 * @param machine the environment of whoever starts it
 * @param mainAndArguments the class, and what it is told
 */
record App(
    Path root, Path nodeCommand, Map<String, String> machine, List<String> mainAndArguments) {

  static final String CLASSES = "src/infra/target/classes";
  static final String JARS = "src/infra/target/lib";

  /**
   * What it is given of the machine's environment: the CDK's own variables, where jsii unpacks
   * itself and what it must not say, and what a process needs to run and to read names of files.
   * The context is what cdk.json and the arguments say.
   */
  private static final Pattern GIVEN =
      Pattern.compile(
          "CDK_(?!CONTEXT_JSON$).+|JSII_RUNTIME_PACKAGE_CACHE.*|JSII_SILENCE_WARNING_.+"
              + "|HOME|LANG|LC_.+|LD_LIBRARY_PATH");

  /** All of its environment: what is not here cannot change what it synthesizes. */
  Map<String, String> environment() {
    Map<String, String> given = new TreeMap<>(machine);
    given.keySet().removeIf(name -> !GIVEN.matcher(name).matches());
    // The CDK's validation takes 3 s, and cdk synth makes it before anything is deployed.
    given.put("CDK_VALIDATION", "false");
    return given;
  }

  Node node() throws IOException {
    return Node.ask(nodeCommand, root, machine);
  }

  /** Without the folder that it writes into. */
  List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    // Java 17 tells Node.js the names of its files in this encoding.
    command.add("-Dfile.encoding=UTF-8");
    command.add("-cp");
    command.add("%s:%s/*".formatted(CLASSES, JARS));
    command.addAll(mainAndArguments);
    return command;
  }

  /** Starts it; standard error is what it says to a person. */
  Process start(Path directory) throws IOException {
    List<String> command = new ArrayList<>(command());
    // Java and Node.js leave files of theirs behind; here they are deleted with the templates.
    command.add(1, "-Djava.io.tmpdir=" + directory);
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(environment());
    // jsii starts 'node'; by this PATH it is the one whose version is known.
    environment.put("PATH", String.valueOf(node().executable().getParent()));
    environment.put("TMPDIR", directory.toString());
    environment.put("CDK_OUTDIR", directory.toString());
    return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }
}
