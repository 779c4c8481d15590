package colorteller.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A kept synthesis does what a fresh one does. */
class KeptSynthesisTest {

  @TempDir Path root;
  private Project project;

  @BeforeEach
  void project() throws Exception {
    project = new Project(root);
  }

  @Test
  void saysTheSameAgain() throws Exception {
    Assembly fresh = project.synthesis().assembly(List.of("mesh=none"));
    assertThat(project.said).containsExactly("Settings: [mesh=none]");
    assertThat(project.synthesis().assembly(List.of("mesh=none"))).isEqualTo(fresh);
    assertThat(project.said).containsExactly("Settings: [mesh=none]", "Settings: [mesh=none]");
    assertThat(project.starts()).isOne();
  }

  @Test
  void aProjectThatWasMovedIsSynthesizedAnew(@TempDir Path elsewhere) throws Exception {
    project.template();
    Path moved = Files.move(root.resolve("src"), elsewhere.resolve("src")).getParent();
    for (String file : List.of("lambda", "cdk.json", "package.json", "starts")) {
      Files.move(root.resolve(file), moved.resolve(file));
    }
    Synthesis synthesis =
        new Synthesis(moved, project.kept, project.node, project.environment, project.said::add);
    assertThat(
            synthesis
                .assembly(List.of())
                .templates()
                .get("walkthrough")
                .at("/Metadata/start")
                .asInt())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"refused=yes", "fails=yes"})
  void whatFailsIsNotKept(String setting) throws Exception {
    for (int start = 1; start <= 2; start++) {
      assertThatThrownBy(() -> project.template(setting)).isInstanceOf(SynthesisException.class);
      assertThat(project.starts()).isEqualTo(start);
      assertThat(project.said).hasSize(start);
    }
  }

  @Test
  void aChangeWhileTheAppRunsIsNotKept() throws Exception {
    project.template("changesMeanwhile=yes");
    assertThat(project.template("changesMeanwhile=yes").at("/Metadata/start").asInt()).isEqualTo(2);
    assertThat(project.template("changesMeanwhile=yes").at("/Metadata/start").asInt()).isEqualTo(2);
  }

  @Test
  void aDamagedOneIsMadeAnew() throws Exception {
    project.template();
    Path entry = project.entries().get(0);
    byte[] whole = Files.readAllBytes(entry);
    Files.write(entry, List.of("damaged"));
    assertThat(project.template().at("/Metadata/start").asInt()).isEqualTo(2);
    assertThat(project.template().at("/Metadata/start").asInt()).isEqualTo(2);
    assertThat(project.entries()).containsExactly(entry);
    assertThat(Files.readAllBytes(entry)).isNotEqualTo(whole);
  }

  @Test
  void whatCannotBeKeptIsSynthesizedEachTime() throws Exception {
    // Root may write into any folder, but none is below a file.
    project.kept = root.resolve("cdk.json/synthesized");
    assertThat(project.template().at("/Metadata/start").asInt()).isOne();
    assertThat(project.template().at("/Metadata/start").asInt()).isEqualTo(2);
  }

  @Test
  void severalAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Callable<String>> commands = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String setting = "natGateways=" + i % 2;
        commands.add(() -> project.template(setting).path("Description").asText());
      }
      List<Future<String>> done = threads.invokeAll(commands);
      for (int i = 0; i < done.size(); i++) {
        assertThat(done.get(i).get()).isEqualTo("natGateways=" + i % 2);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(project.entries()).hasSize(2).allMatch(file -> file.toString().endsWith(".json.gz"));
    int starts = project.starts();
    project.template("natGateways=0");
    project.template("natGateways=1");
    assertThat(project.starts()).isEqualTo(starts);
  }

  @Test
  void aNodeThatDoesNotRunIsNamed() throws Exception {
    Path broken = project.write("broken/node", "#!/bin/sh\nexit 7\n".getBytes());
    assertThat(broken.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> project.synthesis(broken).assembly(List.of()))
        .isInstanceOf(SynthesisException.class)
        .hasMessage(broken + " does not run: it ended with status 7. Install Node.js 20 or newer.");
  }
}
