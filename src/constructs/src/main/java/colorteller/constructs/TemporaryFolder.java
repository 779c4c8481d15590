package colorteller.constructs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A folder for as long as an asset is made of it. Whoever synthesizes has a copy then, or reads
 * nothing but its name.
 */
record TemporaryFolder(Path path) implements AutoCloseable {

  static TemporaryFolder create() {
    try {
      return new TemporaryFolder(Files.createTempDirectory("constructs"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies a file of this module's jar.
   *
   * @param resource its name below this package
   * @return the copy
   */
  Path copy(String resource) {
    try (InputStream file = open(resource)) {
      Path copy = path.resolve(Path.of(resource).getFileName());
      Files.copy(file, copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unpacks an archive of this module's jar. */
  void unpack(String resource) {
    try (ZipInputStream archive = new ZipInputStream(open(resource))) {
      for (ZipEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
        Path file = path.resolve(entry.getName());
        if (!entry.isDirectory()) {
          Files.createDirectories(file.getParent());
          Files.copy(archive, file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String resource) {
    InputStream file = TemporaryFolder.class.getResourceAsStream(resource);
    if (file == null) {
      throw new IllegalStateException(
          "The jar of constructs lacks %s; build it with mvn package".formatted(resource));
    }
    return file;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
