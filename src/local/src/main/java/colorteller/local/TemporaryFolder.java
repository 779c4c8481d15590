package colorteller.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder that is removed with everything in it: by the process that has made it, or where that
 * was killed, by the next one that makes such a folder.
 */
public final class TemporaryFolder implements AutoCloseable {

  private static final String PREFIX = "walkthrough-";

  /** A file that is locked for as long as the process lives that has made its folder. */
  private static final String MARK = "alive";

  /** A lock is the process's: to open and close the file once more would give it up. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel mark;

  public TemporaryFolder() throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
    path = Files.createTempDirectory(parent, PREFIX);
    OWN.add(path);
    Path early = path.resolve(MARK + ".new");
    mark = FileChannel.open(early, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    mark.lock();
    // Others see it locked, or not yet.
    Files.move(early, path.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
    removeAbandoned(parent);
  }

  public Path path() {
    return path;
  }

  /** Removes such folders of this user whose processes have ended without doing so. */
  public static void removeAbandoned(Path parent) throws IOException {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(parent.toRealPath(), PREFIX + "*")) {
      for (Path folder : folders) {
        if (!OWN.contains(folder)) {
          removeIfAbandoned(folder);
        }
      }
    }
  }

  private static void removeIfAbandoned(Path folder) {
    try (FileChannel mark = FileChannel.open(folder.resolve(MARK), StandardOpenOption.WRITE);
        FileLock lock = mark.tryLock()) {
      if (lock != null && isThisUsers(folder)) {
        remove(folder);
      }
    } catch (IOException e) {
      // Not such a folder, or not this user's to remove.
    }
  }

  private static boolean isThisUsers(Path folder) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
            .getName()
            .equals(System.getProperty("user.name"));
  }

  private static void remove(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(folder)) {
      files = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void close() throws IOException {
    remove(path);
    mark.close();
    OWN.remove(path);
  }
}
