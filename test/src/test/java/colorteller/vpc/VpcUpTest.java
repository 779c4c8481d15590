package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.acceptance.OneUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./walkthrough up --network vpc}, from other terminals, until it is killed with SIGKILL.
 */
@ExtendWith(NeedsNamespaces.class)
@ExtendWith(OneUp.class)
class VpcUpTest {

  private static final List<String> KINDS = List.of("user", "net", "mnt", "pid");
  private static final long LIMIT_SECONDS = 60;

  @TempDir Path temporary;

  @Test
  void showsItsInsideAndLeavesNothing() throws Exception {
    List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
    List<NetworkInterface> interfaces = NetworkInterface.networkInterfaces().toList();
    Path out = temporary.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder("./walkthrough", "up", "--network", "vpc")
            .directory(Command.root().toFile())
            .redirectOutput(out.toFile())
            .redirectError(temporary.resolve("err").toFile());
    builder.environment().put("TMPDIR", temporary.toString());
    Process up = builder.start();
    try {
      await(() -> !up.isAlive() || Files.readString(out).contains("Ctrl-C to end"));
      assertThat(Files.readString(out))
          .as(Files.readString(temporary.resolve("err")))
          .containsPattern(
              "colorgateway-vg  http://10\\.0\\.0\\.\\d+:80  http://\\[2001:db8::[0-9a-f]+]:81")
          .containsPattern("colorteller-blue-1 +10\\.0\\.96\\.\\d+  2001:db8:0:3::");

      // Step 5 of the walkthrough, from the bastion.
      assertThat(
              shell(
                  "bastion",
                  "sh",
                  "-c",
                  "curl -s http://colorgateway.default.svc.cluster.local.dns:9901/stats | grep health_check.healthy"))
          .contains("colorteller-red-vn_http_9080.health_check.healthy: 1")
          .contains("colorteller-yellow-vn_http_9080.health_check.healthy: 0");
      assertThat(shell("colorteller-red-1", "cat", "/etc/resolv.conf"))
          .isEqualTo("nameserver 10.0.0.2\n");
      assertThat(shell("colorteller-green-1", "id", "-u")).isEqualTo("0\n");
      assertThat(Command.walkthrough("shell", "client", "sh", "-c", "exit 7").status())
          .isEqualTo(7);
      Command.Result nobody = Command.walkthrough("shell", "nobody");
      assertThat(nobody.status()).isEqualTo(2);
      assertThat(nobody.err())
          .startsWith("shell 'nobody' is not allowed; allowed are client, router, load-balancer");

      aDeploymentIsAlone();
    } finally {
      Set<String> inside = namespaces(up);
      up.destroyForcibly();
      assertThat(up.waitFor()).isEqualTo(137);
      assertThat(inside).hasSizeGreaterThan(KINDS.size());
      Instant killed = Instant.now();
      await(() -> left(inside, killed).isEmpty(), () -> told(left(inside, killed)));
    }
    assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo"))).isEqualTo(mounts);
    assertThat(NetworkInterface.networkInterfaces()).containsExactlyElementsOf(interfaces);
  }

  /** And the mesh can be switched during it, whose new Envoy may just begin. */
  private void aDeploymentIsAlone() throws Exception {
    Process deployment =
        new ProcessBuilder("./walkthrough", "restart", "colorteller-blue")
            .directory(Command.root().toFile())
            .redirectOutput(temporary.resolve("restart").toFile())
            .redirectErrorStream(true)
            .start();
    try {
      await(() -> Command.walkthrough("shell", "nobody").err().contains("colorteller-blue-2"));
      Command.Result second = Command.walkthrough("restart", "colorteller-red");
      assertThat(second.status()).isEqualTo(2);
      assertThat(second.err()).startsWith("colorteller-blue is still being deployed");
      assertThat(Command.walkthrough("restart", "red now").err())
          .startsWith("restart 'red now' is not allowed; allowed are colorteller-red, ");
      Command.Result switched = Command.walkthrough("switch", "v6_only");
      // What a colour that is being deployed counts as healthy may not be settled.
      assertThat(switched.status()).as(switched.err()).isIn(0, 1);
      assertThat(switched.out()).contains("v6_only      IPv6_ONLY ");
    } finally {
      deployment.destroyForcibly();
    }
  }

  private static String shell(String... arguments) throws Exception {
    Command.Result result =
        Command.walkthrough(
            Stream.concat(Stream.of("shell"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(result.status()).as(result.err()).isZero();
    return result.out();
  }

  /** The namespaces of its children that are not those of this process. */
  private static Set<String> namespaces(Process up) {
    Set<String> result = new HashSet<>();
    up.descendants().forEach(child -> KINDS.forEach(kind -> result.add(namespace(child, kind))));
    KINDS.forEach(kind -> result.remove(namespace(ProcessHandle.current(), kind)));
    result.remove("");
    return result;
  }

  /** The kernel soon gives a namespace's number to another, whose processes are younger. */
  private static List<ProcessHandle> left(Set<String> namespaces, Instant killed) {
    return ProcessHandle.allProcesses()
        .filter(process -> isIn(process, namespaces))
        .filter(process -> process.info().startInstant().filter(killed::isBefore).isEmpty())
        .toList();
  }

  private static String told(List<ProcessHandle> processes) {
    return processes.stream()
        .map(process -> process.pid() + " " + status(process))
        .collect(Collectors.joining("\n"));
  }

  private static String status(ProcessHandle process) {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      return lines.limit(3).collect(Collectors.joining(", "))
          + process.info().commandLine().map(" "::concat).orElse("");
    } catch (IOException | UncheckedIOException e) {
      return "has ended";
    }
  }

  private static boolean isIn(ProcessHandle process, Set<String> namespaces) {
    return KINDS.stream().anyMatch(kind -> namespaces.contains(namespace(process, kind)));
  }

  /** A namespace's name for the kernel; empty of a process that has ended or is another user's. */
  private static String namespace(ProcessHandle process, String kind) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "ns", kind))
          .toString();
    } catch (IOException e) {
      return "";
    }
  }

  static void await(Callable<Boolean> condition) throws Exception {
    await(condition, () -> "");
  }

  private static void await(Callable<Boolean> condition, Callable<String> otherwise)
      throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        Assertions.fail("not within %d s: %s", LIMIT_SECONDS, otherwise.call());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
