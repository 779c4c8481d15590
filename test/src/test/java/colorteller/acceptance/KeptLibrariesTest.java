package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java keeps of the libraries saves time, and changes nothing. */
class KeptLibrariesTest {

  private static final String SOURCE =
      "JDK_JAVA_OPTIONS=-Xlog:class+load ./walkthrough help | grep 'picocli.CommandLine source:'";

  @Test
  void areRead() throws Exception {
    assertThat(bash(SOURCE).out()).contains("shared objects file");
  }

  /** As after a disk was full. */
  @Test
  void brokenOnesArePassedOver(@TempDir Path folder) throws Exception {
    Path tools = Files.createDirectory(folder.resolve(".tools"));
    bash("ln -s \"$PWD\"/{src,lambda} '%1$s'; cp -p walkthrough pom.xml '%1$s'".formatted(folder));
    bash("cp -p .tools/built '%s'".formatted(tools));
    try (Stream<Path> kept = Files.list(Command.root().resolve(".tools"))) {
      for (Path file : kept.filter(path -> path.toString().endsWith(".jsa")).toList()) {
        Files.writeString(tools.resolve(file.getFileName()), "broken".repeat(1000));
      }
    }
    String inCopy = "cd '%s' && ".formatted(folder);
    assertThat(bash(inCopy + SOURCE).out()).contains("picocli", ".jar");
    Command.Result help = bash(inCopy + "./walkthrough help");
    assertThat(help).isEqualTo(Command.walkthrough("help"));
    bash("rm '%s'/{src,lambda}".formatted(folder));
  }

  private static Command.Result bash(String script) throws Exception {
    return Command.run(Map.of(), List.of("bash", "-c", script));
  }
}
