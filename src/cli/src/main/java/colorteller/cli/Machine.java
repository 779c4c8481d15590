package colorteller.cli;

import colorteller.mesh.IpFamily;
import colorteller.synthesis.Synthesis;
import java.io.File;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the commands need of the machine that they run on. */
final class Machine {

  private Machine() {}

  /** The folder that {@code ./walkthrough} is in. */
  static Path root() {
    return Path.of(System.getProperty("walkthrough.root", ".")).toAbsolutePath().normalize();
  }

  /** What a run leaves for another, and tools that were installed. Git ignores it. */
  static Path tools() {
    return root().resolve(".tools");
  }

  /** The Envoy that {@code ./walkthrough} found or installed. */
  static Path envoy() {
    Path envoy = Path.of(Optional.ofNullable(System.getenv("ENVOY")).orElse(""));
    if (!Files.isExecutable(envoy) || Files.isDirectory(envoy)) {
      throw new MissingTool(
          "No Envoy: ENVOY is '%s', which is not an executable file. Start ./walkthrough without ENVOY, and it installs one, or set ENVOY to the path of an Envoy."
              .formatted(envoy));
    }
    return envoy;
  }

  /** AWS's APIs on this machine; installed where they are not yet. */
  static Path moto() {
    Path moto = tools().resolve("moto_server");
    if (!Files.isExecutable(moto)) {
      try {
        int status =
            new ProcessBuilder(root().resolve("walkthrough").toString(), "moto")
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
          throw new MissingTool("");
        }
      } catch (IOException e) {
        throw new MissingTool("./walkthrough moto cannot be started: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MissingTool("interrupted while moto_server is installed");
      }
    }
    return moto;
  }

  static void requireIpv6() {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(IpFamily.IPV6.socketAddress(0));
    } catch (IOException | UnsupportedOperationException e) {
      throw new MissingTool(
          "This machine has no IPv6 loopback address ::1, which half of the walkthrough is about. On Linux: sysctl net.ipv6.conf.lo.disable_ipv6=0");
    }
  }

  /** Finds Node.js; {@code why} says in words who needs it. */
  static Path requireNode(String why) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, "node").toAbsolutePath())
        .filter(node -> Files.isExecutable(node) && !Files.isDirectory(node))
        .findFirst()
        .orElseThrow(
            () ->
                new MissingTool(
                    "No Node.js: there is no 'node' on PATH, and %s. Install Node.js 20 or newer."
                        .formatted(why)));
  }

  /** The CDK app, ready to synthesize. */
  static Synthesis synthesis() {
    Path node = requireNode("the CDK needs it to synthesize the templates");
    return new Synthesis(
        root(), tools().resolve("synthesized"), node, System.getenv(), WalkthroughCommand::say);
  }
}
