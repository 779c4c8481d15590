package colorteller.mesh.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file as text. */
final class TextFile {

  /** CloudFormation's own limit for a template. */
  private static final int LARGEST = 1024 * 1024;

  private TextFile() {}

  static String read(Path file) {
    Place place = Place.of(file);
    if (Files.isDirectory(file)) {
      throw place.error("is a directory; name a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw place.error("is larger than 1 MiB, which is CloudFormation's limit for a template");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw place.error("there is no such file");
    } catch (CharacterCodingException e) {
      throw place.error("is not UTF-8 text; save it as UTF-8");
    } catch (IOException e) {
      throw place.error("cannot be read: " + e.getMessage());
    }
  }
}
