package colorteller.mesh.template;

/**
 * Something in a template, in its parameters or in a workloads file cannot be read. The message is
 * one line for the person who wrote the file: where it is, what is wrong, what is allowed.
 */
public sealed class TemplateException extends RuntimeException {

  TemplateException(String message) {
    // Its line says where; nobody asks for the stack, which costs more than all the rest.
    super(message.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip(), null, false, false);
  }

  /** A value that only AWS knows. Whoever can do without the value catches this. */
  static final class Symbolic extends TemplateException {
    Symbolic(String message) {
      super(message);
    }
  }
}
