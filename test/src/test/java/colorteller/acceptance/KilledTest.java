package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.local.TemporaryFolder;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A command that is killed with SIGKILL can clean up nothing, and its Envoys end all the same. */
@EnabledOnOs(OS.LINUX)
class KilledTest {

  private static final int ENVOYS = 7;
  private static final long LIMIT_SECONDS = 20;

  /** A part of the command line of each Envoy of this run, and of no other. */
  @TempDir Path temporary;

  @Test
  void leavesNoEnvoyAndFilesForTheNextToRemove() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("./walkthrough", "local", "--variant", "dns")
            .directory(Command.root().toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("TMPDIR", temporary.toString());
    Process process = builder.start();
    try (BufferedReader said = process.errorReader()) {
      assertThat(said.lines().anyMatch(line -> line.endsWith(": v4_only"))).isTrue();
      assertThat(envoys()).hasSize(ENVOYS);
      TemporaryFolder.removeAbandoned(temporary);
      assertThat(temporary).isNotEmptyDirectory();
      process.destroyForcibly();
      assertThat(process.waitFor()).isEqualTo(137);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      while (!envoys().isEmpty()) {
        if (System.nanoTime() > deadline) {
          List<ProcessHandle> left = envoys();
          left.forEach(ProcessHandle::destroyForcibly);
          Assertions.fail("after %d s there are still %s", LIMIT_SECONDS, left);
        }
        Thread.onSpinWait();
      }
      // The next run does so.
      TemporaryFolder.removeAbandoned(temporary);
      assertThat(temporary).isEmptyDirectory();
    } finally {
      process.destroyForcibly();
    }
  }

  private List<ProcessHandle> envoys() {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().command().orElse("").contains("envoy"))
        .filter(p -> p.info().commandLine().orElse("").contains(temporary.toString()))
        .toList();
  }
}
