package colorteller.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder itself. */
class KeptTest {

  private static final Synthesized SYNTHESIZED =
      new Synthesized(
          List.of("Settings: stage=v4_only"),
          Map.of("v4_only/a-mesh.template.json", "{\"Resources\": {}}\n"));

  private static Path scratch = Path.of("");

  @BeforeContainer
  static void makeScratch() throws IOException {
    scratch = Files.createTempDirectory("kept");
  }

  @AfterContainer
  static void deleteScratch() throws IOException {
    try (Stream<Path> files = Files.list(scratch)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(scratch);
  }

  /** A few bits of gzip's header say nothing about the content. */
  @Property
  void oneOtherBitIsNoticed(@ForAll int offset, @ForAll @IntRange(max = 7) int bit)
      throws IOException {
    byte[] content = entry();
    content[Math.floorMod(offset, content.length)] ^= (byte) (1 << bit);
    assertThat(found(content)).isIn(Optional.empty(), Optional.of(SYNTHESIZED));
  }

  @Property
  void halfAFileIsNoticed(@ForAll int length) throws IOException {
    byte[] content = entry();
    assertThat(found(Arrays.copyOf(content, Math.floorMod(length, content.length)))).isEmpty();
  }

  private static byte[] entry() throws IOException {
    Kept kept = new Kept(scratch);
    kept.keep("key", SYNTHESIZED);
    assertThat(kept.find("key")).contains(SYNTHESIZED);
    return Files.readAllBytes(scratch.resolve("key.json.gz"));
  }

  private static Optional<Synthesized> found(byte[] content) throws IOException {
    Files.write(scratch.resolve("key.json.gz"), content);
    return new Kept(scratch).find("key");
  }

  @Test
  void theOldestGo(@TempDir Path folder) throws IOException {
    Kept kept = new Kept(folder);
    // What a command that was killed left behind.
    Path half = Files.writeString(folder.resolve("half.new"), "half");
    Files.setLastModifiedTime(half, FileTime.fromMillis(0));
    for (int i = 0; i < Kept.MOST; i++) {
      kept.keep("key" + i, SYNTHESIZED);
      Files.setLastModifiedTime(
          folder.resolve("key%d.json.gz".formatted(i)), FileTime.fromMillis(1000L * (i + 1)));
    }
    assertThat(half).doesNotExist();
    assertThat(kept.find("key0")).isPresent();
    kept.keep("new", SYNTHESIZED);
    assertThat(kept.find("key0")).isPresent();
    assertThat(kept.find("key1")).isEmpty();
    assertThat(kept.find("key2")).isPresent();
  }
}
