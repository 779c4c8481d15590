package colorteller.vpc;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A part of this machine that nothing leaves: namespaces of the Linux kernel for users, mounts,
 * processes and networks, in which this user is root. Inside, each {@link NetworkNamespace} has
 * interfaces of its own.
 *
 * <p>Everything in it is held by one process that waits for the end of its standard input. When
 * this program ends, however it ends, that process does, and the kernel then ends every other
 * process inside and removes every namespace, interface and mount.
 */
final class Sandbox implements AutoCloseable {

  /** The name of the network namespace that holds all others' cables. */
  static final String OUTER = "router";

  private static final List<String> TOOLS =
      List.of("unshare", "nsenter", "setsid", "ip", "nft", "mount");

  // Prints a line when it is ready, then waits. /run is where ip keeps network namespaces.
  private static final String HOLD =
      """
      set -e
      resolver=$(readlink -m /etc/resolv.conf)
      mount -t tmpfs tmpfs /run
      mkdir -p /run/netns
      printf 'nameserver %%s\\n' %1$s > /run/resolv.conf
      case $resolver in
        /run/*) mkdir -p "$(dirname "$resolver")"; cp /run/resolv.conf "$resolver" ;;
        *) [ ! -e "$resolver" ] || mount --bind /run/resolv.conf "$resolver" ;;
      esac
      ip link set lo up
      echo 1 > /proc/sys/net/ipv4/ip_forward
      echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
      echo ready
      exec cat > /dev/null
      """;

  private final Process holder;
  private final long pid;

  /**
   * Opens the namespaces.
   *
   * @param resolver the address of the DNS server that everything inside asks
   * @throws VpcUnavailable if this machine does not allow it
   */
  Sandbox(String resolver) throws IOException {
    requireTools();
    holder =
        new ProcessBuilder(
                // Ctrl-C is for this program alone, which then ends the others in good order.
                "setsid",
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--mount-proc",
                "--kill-child",
                "sh",
                "-c",
                HOLD.formatted(resolver))
            .redirectError(ProcessBuilder.Redirect.PIPE)
            .start();
    String line = holder.inputReader().readLine();
    if (!"ready".equals(line)) {
      String why = new String(holder.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      holder.destroyForcibly();
      throw new VpcUnavailable(notAllowed(why.lines().findFirst().orElse("no reason given")));
    }
    pid =
        holder
            .children()
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the sandbox has ended"))
            .pid();
  }

  private static void requireTools() {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new VpcUnavailable(
          "--network vpc needs Linux, and this is %s; use --network loopback"
              .formatted(System.getProperty("os.name")));
    }
    List<Path> folders =
        Stream.concat(
                Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")),
                Stream.of("/usr/sbin", "/sbin"))
            .map(Path::of)
            .toList();
    List<String> missing =
        TOOLS.stream()
            .filter(tool -> folders.stream().noneMatch(f -> Files.isExecutable(f.resolve(tool))))
            .toList();
    if (!missing.isEmpty()) {
      throw new VpcUnavailable(
          "--network vpc needs %s, which %s not installed; on Debian and Ubuntu: apt install nftables iproute2 util-linux"
              .formatted(String.join(", ", missing), missing.size() == 1 ? "is" : "are"));
    }
  }

  private static String notAllowed(String why) {
    return "--network vpc needs user namespaces, which this machine does not allow (%s); allow them with: %s"
        .formatted(
            why,
            isZero("/proc/sys/user/max_user_namespaces")
                ? "sudo sysctl user.max_user_namespaces=10000"
                : isZero("/proc/sys/user/max_net_namespaces")
                    ? "sudo sysctl user.max_net_namespaces=10000"
                    : isZero("/proc/sys/kernel/unprivileged_userns_clone")
                        ? "sudo sysctl kernel.unprivileged_userns_clone=1"
                        : "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or run it as root");
  }

  private static boolean isZero(String setting) {
    try {
      return Files.readString(Path.of(setting)).strip().equals("0");
    } catch (IOException e) {
      return false;
    }
  }

  /** The command that runs another inside, in a network namespace. */
  List<String> inside(String namespace, List<String> command) {
    List<String> whole =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target",
                Long.toString(pid),
                "--user",
                "--preserve-credentials",
                "--mount",
                "--net",
                "--pid",
                "--"));
    if (!namespace.equals(OUTER)) {
      whole.addAll(List.of("ip", "netns", "exec", namespace));
    }
    whole.addAll(command);
    return whole;
  }

  /**
   * Prepares a process in a network namespace.
   *
   * @param environment all that it is told beside PATH
   */
  ProcessBuilder process(String namespace, List<String> command, Map<String, String> environment) {
    List<String> whole = new ArrayList<>(List.of("setsid"));
    whole.addAll(inside(namespace, command));
    ProcessBuilder builder = new ProcessBuilder(whole);
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    builder.environment().clear();
    builder.environment().put("PATH", path + ":/usr/sbin:/sbin");
    builder.environment().putAll(environment);
    return builder;
  }

  /**
   * Runs a script of {@code sh} and waits for it.
   *
   * @throws IOException with what it said, if it fails
   */
  void run(String script) throws IOException {
    Process process =
        process(OUTER, List.of("sh", "-e"), Map.of()).redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader()) {
      try (BufferedWriter in = process.outputWriter()) {
        in.write(script);
      }
      String said = String.join("\n", out.lines().toList());
      if (process.waitFor() != 0) {
        throw new IOException(said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    // The holder ends with its standard input, and everything inside with the holder.
    try {
      holder.getOutputStream().close();
    } catch (IOException e) {
      holder.destroyForcibly();
    }
    holder.onExit().join();
  }
}
