package colorteller.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What was synthesized before, a file for each: JSON, compressed, with the checksum that gzip puts
 * at its end. Files appear whole or not at all, so several commands can use the folder at once. It
 * only saves time: what cannot be read or written here is synthesized again.
 *
 * @param folder where they are
 */
record Kept(Path folder) {

  /** Of 0.1 MB each; those that were not used for longest go. */
  static final int MOST = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was kept under this name; nothing if it is damaged, too. */
  Optional<Synthesized> find(String key) {
    Path file = file(key);
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      // To the end, where the checksum is.
      JsonNode found = JSON.readTree(in.readAllBytes());
      if (found.path("files").isEmpty()) {
        return Optional.empty();
      }
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      return Optional.of(Synthesized.of(found));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void keep(String key, Synthesized synthesized) {
    try {
      Files.createDirectories(folder);
      Path written = Files.createTempFile(folder, "", ".new");
      try {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(written))) {
          JSON.writeValue(out, synthesized);
        }
        Files.move(written, file(key), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(written);
      }
      forget();
    } catch (IOException e) {
      // The next command takes longer.
    }
  }

  private void forget() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> newestFirst =
          all.sorted(Comparator.comparing((Path file) -> file.toFile().lastModified()).reversed())
              .toList();
      for (Path file :
          newestFirst.subList(Math.min(MOST, newestFirst.size()), newestFirst.size())) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Path file(String key) {
    return folder.resolve(key + ".json.gz");
  }
}
