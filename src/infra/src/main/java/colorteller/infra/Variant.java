package colorteller.infra;

import java.util.Locale;

/** How the Envoys of a mesh find its nodes. */
enum Variant {
  DNS,
  CLOUD;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
