package colorteller.vpc;

import colorteller.mesh.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * An application in a task's namespace.
 *
 * @param process the process that leads into the namespace
 * @param port where it is told to listen
 * @param families those on whose loopback address it is told to listen
 */
record AppProcess(NamespaceProcess process, int port, Set<IpFamily> families) {

  // As /proc writes them: each four bytes in the order of the machine, which is that of x86 and ARM.
  private static final Map<IpFamily, String> LOOPBACK =
      Map.of(
          IpFamily.IPV4, "0100007F", IpFamily.IPV6, "00000000000000000000000001000000");

  private static final String LISTEN = "0A";

  /** Whether it listens exactly where it is told to, as the kernel sees it. */
  boolean listens() {
    return process.isAlive() && listening().equals(families);
  }

  private Set<IpFamily> listening() {
    Set<IpFamily> result = EnumSet.noneOf(IpFamily.class);
    LOOPBACK.forEach(
        (family, address) -> {
          Path sockets =
              Path.of(
                  "/proc",
                  Long.toString(process.pid()),
                  "net",
                  family == IpFamily.IPV4 ? "tcp" : "tcp6");
          String socket = "%s:%04X".formatted(address, port);
          try {
            if (Files.readAllLines(sockets).stream()
                .map(line -> line.strip().split("\\s+", -1))
                .anyMatch(fields -> fields[1].equals(socket) && fields[3].equals(LISTEN))) {
              result.add(family);
            }
          } catch (IOException e) {
            // The process has ended, so nothing listens.
          }
        });
    return result;
  }
}
