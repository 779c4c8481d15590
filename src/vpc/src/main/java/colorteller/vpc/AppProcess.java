package colorteller.vpc;

import colorteller.mesh.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
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

  // As /proc writes them: each four bytes in the order of the machine, which is that of x86 and
  // ARM. Java takes
  // IPv4 on a socket of IPv6, where it has a mapped address.
  private static final Map<IpFamily, Set<String>> LOOPBACK =
      Map.of(
          IpFamily.IPV4, Set.of("0100007F", "0000000000000000FFFF00000100007F"),
          IpFamily.IPV6, Set.of("00000000000000000000000001000000"));

  private static final String LISTEN = "0A";

  /** Whether it listens exactly where it is told to, as the kernel sees it. */
  boolean listens() {
    return process.isAlive() && listening().equals(families);
  }

  private Set<IpFamily> listening() {
    Set<IpFamily> result = EnumSet.noneOf(IpFamily.class);
    String end = ":%04X".formatted(port);
    for (String file : List.of("tcp", "tcp6")) {
      List<String> sockets;
      try {
        sockets = Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "net", file));
      } catch (IOException e) {
        // The process has ended, so nothing listens.
        return Set.of();
      }
      for (String socket : sockets) {
        String[] fields = socket.strip().split("\\s+", -1);
        if (fields[1].endsWith(end) && fields[3].equals(LISTEN)) {
          String address = fields[1].substring(0, fields[1].length() - end.length());
          LOOPBACK.forEach(
              (family, spellings) -> {
                if (spellings.contains(address)) {
                  result.add(family);
                }
              });
        }
      }
    }
    return result;
  }
}
