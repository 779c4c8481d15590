package colorteller.mesh.template;

import java.nio.file.Path;
import java.util.List;

/**
 * Where something stands, so that an error can say it.
 *
 * @param file the file, as it was given
 * @param path the logical id and the property path in it; empty for the file as a whole
 */
public record Place(Path file, String path) {

  public static Place of(Path file) {
    return new Place(file, "");
  }

  public Place child(String name) {
    return new Place(file, path.isEmpty() ? name : path + "." + name);
  }

  public Place at(int index) {
    return new Place(file, path + "[" + index + "]");
  }

  public TemplateException error(String problem) {
    return new TemplateException(line(problem));
  }

  /** An error in what App Mesh itself would not have taken. */
  TemplateException.Refused refused(String problem) {
    return new TemplateException.Refused(List.of(new TemplateException.Refusal(this, problem)));
  }

  /** An error that counts only where the value is needed. */
  public TemplateException symbolic(String problem) {
    return new TemplateException.Symbolic(line(problem));
  }

  String line(String problem) {
    return path.isEmpty() ? file + ": " + problem : file + ": " + path + ": " + problem;
  }
}
