package colorteller.synthesis;

import colorteller.infra.CdkApp;
import colorteller.infra.SynthesizeStages;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A folder like this project's, whose app is the stand-in. */
final class Project {

  /** A file of each kind that the app runs or reads. */
  static final List<String> FILES =
      List.of(
          "src/infra/target/classes/colorteller/infra/Stage.class",
          "src/infra/target/lib/aws-cdk-lib.jar",
          "cdk.json",
          "package.json",
          "lambda/gateway-targets/target/package/lib/some.jar",
          "lambda/walkthrough-verifier/target/package/Handler.class",
          "src/colorteller/.dockerignore",
          "src/colorteller/src/main/java/Colorteller.java");

  final Path root;
  final Path node;
  final Map<String, String> environment = new TreeMap<>(Map.of("PATH", "/bin", "HOME", "/nowhere"));
  final List<String> said = new ArrayList<>();
  Path kept;

  Project(Path root) throws IOException {
    this.root = root;
    this.kept = root.resolve(".tools/synthesized");
    for (Class<?> stand : List.of(CdkApp.class, SynthesizeStages.class)) {
      String file = stand.getName().replace('.', '/') + ".class";
      try (InputStream in = stand.getClassLoader().getResourceAsStream(file)) {
        write("src/infra/target/classes/" + file, in.readAllBytes());
      }
    }
    for (String file : FILES) {
      write(file, ("{} of " + file).getBytes());
    }
    node = node("node", "v24.0.0");
  }

  /** A Node.js that only says its version. */
  Path node(String name, String version) throws IOException {
    Path script =
        write(name, "#!/bin/sh\necho '%s linux x64'\necho \"$0\"\n".formatted(version).getBytes());
    if (!script.toFile().setExecutable(true)) {
      throw new IllegalStateException(script + " cannot be made executable");
    }
    return script;
  }

  Path write(String file, byte[] content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.write(path, content);
  }

  /** Another bit, the same length, the same time: only the content tells. */
  void flip(String file, int offset, int bit) throws IOException {
    Path path = root.resolve(file);
    FileTime time = Files.getLastModifiedTime(path);
    byte[] content = Files.readAllBytes(path);
    content[offset % content.length] ^= (byte) (1 << bit);
    Files.write(path, content);
    Files.setLastModifiedTime(path, time);
  }

  void flip(String file) throws IOException {
    flip(file, 0, 0);
  }

  Synthesis synthesis(Path nodeCommand) {
    return new Synthesis(root, kept, nodeCommand, environment, said::add);
  }

  Synthesis synthesis() {
    return synthesis(node);
  }

  /** The template that comes of it. */
  JsonNode template(String... settings) {
    return synthesis().assembly(List.of(settings)).templates().get("walkthrough");
  }

  /** How often the app was started. */
  int starts() throws IOException {
    return Files.readAllLines(root.resolve("starts")).size();
  }

  List<Path> entries() throws IOException {
    try (var files = Files.list(kept)) {
      return files.sorted().toList();
    }
  }
}
