package colorteller.mesh;

import java.util.Locale;

/**
 * Something that the templates refer to and do not have. It is taken as given: somebody else's
 * template, or account, has it.
 *
 * @param type App Mesh's type without its namespace, such as {@code VirtualNode}; {@code value} for
 *     a text that only a deployment knows
 * @param name its name in the mesh; of a value, what stands for it
 */
public record Outside(String type, String name) {

  /** Such as {@code virtual node red}. */
  public String words() {
    return type.replaceAll("(?<=.)(?=[A-Z])", " ").toLowerCase(Locale.ROOT) + " " + name;
  }
}
