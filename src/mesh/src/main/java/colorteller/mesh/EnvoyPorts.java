package colorteller.mesh;

/** The ports at which each Envoy of a mesh listens, in every task: App Mesh's own. */
public final class EnvoyPorts {

  /** Where a task's network sends connections that come in for the application. */
  public static final int INGRESS = 15000;

  /** Where a task's network sends connections that go out from the application. */
  public static final int EGRESS = 15001;

  /** Envoy's admin interface. */
  public static final int ADMIN = 9901;

  private EnvoyPorts() {}
}
