package colorteller.infra;

/** The Cloud Map namespaces: each variant has its own, so that both can run side by side. */
final class Namespaces {

  private Namespaces() {}

  static String name(Settings settings, Variant variant) {
    return settings.servicesDomain() + "." + variant.word();
  }

  /** How the namespace's id is shared. */
  static Shared shared(Variant variant) {
    return variant == Variant.DNS ? Shared.DNS_NAMESPACE : Shared.CLOUD_NAMESPACE;
  }
}
