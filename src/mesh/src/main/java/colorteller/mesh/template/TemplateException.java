package colorteller.mesh.template;

import java.util.List;

/**
 * Something in a template, in its parameters or in a workloads file cannot be read. The message is
 * one line for the person who wrote the file: where it is, what is wrong, what is allowed.
 */
public sealed class TemplateException extends RuntimeException {

  TemplateException(String message) {
    // Its line says where; nobody asks for the stack, which costs more than all the rest.
    super(oneLine(message), null, false, false);
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
  }

  /** A value that only AWS knows. Whoever can do without the value catches this. */
  public static final class Symbolic extends TemplateException {
    Symbolic(String message) {
      super(message);
    }
  }

  /** What App Mesh would have refused. The message is of the first, where it is several things. */
  public static final class Refused extends TemplateException {

    @SuppressWarnings("serial") // Nobody writes it anywhere.
    private final List<Refusal> all;

    Refused(List<Refusal> all) {
      super(all.get(0).place().line(all.get(0).problem()));
      this.all = List.copyOf(all);
    }

    /** At least one. */
    public List<Refusal> all() {
      return all;
    }
  }

  /**
   * A thing that App Mesh would have refused.
   *
   * @param place where it stands
   * @param problem what is wrong there, in words that follow the place
   */
  public record Refusal(Place place, String problem) {
    public Refusal {
      problem = oneLine(problem);
    }
  }
}
