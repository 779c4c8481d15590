package colorteller.cli.preflight;

/**
 * One prerequisite, as it was found.
 *
 * @param name what was looked at
 * @param ok whether it is as it must be
 * @param found what was found
 * @param fix what to do; empty if there is nothing to do
 */
public record Check(String name, boolean ok, String found, String fix) {

  static Check ok(String name, String found) {
    return new Check(name, true, found, "");
  }

  static Check missing(String name, String found, String fix) {
    return new Check(name, false, found, fix);
  }
}
