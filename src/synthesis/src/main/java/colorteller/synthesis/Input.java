package colorteller.synthesis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * What a synthesis depends on: where all of these are the same, the templates are, too. Files count
 * by what is in them, never by when they were written.
 */
enum Input {
  // spotless:off
  FOLDER(           app -> List.of(app.root().toString())),
  APP_CLASSES(      app -> contents(app, App.CLASSES)),
  // The CDK, jsii and what else the app runs on.
  APP_JARS(         app -> contents(app, App.JARS)),
  // The class that is started; stages, variants and settings.
  COMMAND(          app -> app.command()),
  // The CDK's account and region among it.
  ENVIRONMENT(      app -> pairs(app.environment())),
  // Settings and feature flags. cdk.context.json and ~/.cdk.json are read by the CDK CLI only.
  CONTEXT(          app -> contents(app, "cdk.json")),
  // The pipeline installs the version of the CDK CLI that is in there.
  PACKAGES(         app -> contents(app, "package.json")),
  // Assets: the templates name them by their hashes.
  FUNCTION_PACKAGES(app -> functionPackages(app)),
  IMAGE(            app -> contents(app, "src/colorteller")),
  NODE(             app -> List.of(app.node().toString())),
  JAVA(             app -> List.of(System.getProperty("java.vm.name"), System.getProperty("java.vm.version")));
  // spotless:on

  private interface Value {
    List<String> of(App app) throws IOException;
  }

  private static final int BUFFER_BYTES = 1 << 16;

  private final Value value;

  Input(Value value) {
    this.value = value;
  }

  /** A name for all of it; nothing if a file changes or goes while it is read. */
  static Optional<String> key(App app) {
    try {
      String all =
          Stream.of(values()).parallel().map(input -> input.read(app)).collect(joining("\n"));
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Optional.of(HexFormat.of().formatHex(digest.digest(all.getBytes(UTF_8))));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As one text, in which lengths tell where a value ends. */
  private String read(App app) {
    try {
      return value.of(app).stream()
          .map(word -> word.length() + ":" + word)
          .collect(joining(",", name() + " ", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> pairs(Map<String, String> map) {
    return map.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue())).toList();
  }

  private static List<String> functionPackages(App app) throws IOException {
    try (Stream<Path> functions = Files.list(app.root().resolve("lambda"))) {
      return functions
          .sorted()
          .flatMap(
              function -> contents(app, function.resolve("target/package").toString()).stream())
          .toList();
    }
  }

  /** Each file of a folder, or the one file; none if there is none. */
  private static List<String> contents(App app, String path) {
    Path start = app.root().resolve(path);
    if (!Files.exists(start)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(start, FileVisitOption.FOLLOW_LINKS)) {
      return files.sorted().flatMap(file -> file(app.root(), file)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A file by its path, its length and two checksums, of 32 bits each: a cryptographic hash of what
   * is 170 MB would take ten times as long, and nobody here wants to deceive.
   */
  private static Stream<String> file(Path root, Path file) {
    try {
      String name = root.relativize(file).toString();
      String link = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : "";
      if (!Files.isRegularFile(file)) {
        return Stream.of(name, link);
      }
      CRC32 ieee = new CRC32();
      CRC32C castagnoli = new CRC32C();
      long length = 0;
      try (InputStream in = Files.newInputStream(file)) {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          ieee.update(buffer, 0, read);
          castagnoli.update(buffer, 0, read);
          length += read;
        }
      }
      return Stream.of(
          name,
          link,
          Long.toString(length),
          Long.toHexString(ieee.getValue()),
          Long.toHexString(castagnoli.getValue()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
