package colorteller.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes that do not outlive this one, even if it is killed with SIGKILL: where there is
 * util-linux's {@code setpriv}, Linux kills a child when its parent dies. Elsewhere, such as on
 * macOS, they are started as any other.
 */
final class Children {

  // To Linux the parent is the thread that starts a child; this one never ends before the process.
  private static final ExecutorService PARENT =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "parent of processes");
            thread.setDaemon(true);
            return thread;
          });
  private static final List<String> DIES_WITH_ITS_PARENT =
      List.of("setpriv", "--pdeathsig", "KILL", "--");
  private static final boolean SUPPORTED = works(List.of("true"));

  private Children() {}

  /** Starts a process, as {@link ProcessBuilder#start} does. */
  static Process start(ProcessBuilder builder) throws IOException {
    if (SUPPORTED) {
      builder.command(diesWithItsParent(builder.command()));
    }
    try {
      return PARENT.submit(builder::start).get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("interrupted while starting " + builder.command().get(0));
    }
  }

  private static List<String> diesWithItsParent(List<String> command) {
    List<String> whole = new ArrayList<>(DIES_WITH_ITS_PARENT);
    whole.addAll(command);
    return whole;
  }

  private static boolean works(List<String> command) {
    try {
      return new ProcessBuilder(diesWithItsParent(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
