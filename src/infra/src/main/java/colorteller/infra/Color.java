package colorteller.infra;

import static colorteller.mesh.IpFamily.IPV4;
import static colorteller.mesh.IpFamily.IPV6;

import colorteller.mesh.IpFamily;
import java.util.Locale;
import java.util.Set;

/** The walkthrough's table of colours: every combination that it teaches, once. */
enum Color {
  // spotless:off
  //     number  found by           application listens on
  RED(   1,      Set.of(IPV4),      Set.of(IPV4)),
  ORANGE(2,      Set.of(IPV4),      IpFamily.dual()),
  YELLOW(3,      Set.of(IPV4),      Set.of(IPV6)),
  GREEN( 4,      IpFamily.dual(),   Set.of(IPV4)),
  BLUE(  5,      IpFamily.dual(),   IpFamily.dual()),
  PURPLE(6,      IpFamily.dual(),   Set.of(IPV6));
  // spotless:on

  private final int number;
  private final Set<IpFamily> discovery;
  private final Set<IpFamily> application;

  Color(int number, Set<IpFamily> discovery, Set<IpFamily> application) {
    this.number = number;
    this.discovery = discovery;
    this.application = application;
  }

  /** The families under which its task can be discovered, which its subnet gives it. */
  Set<IpFamily> discovery() {
    return discovery;
  }

  /** The families on which its application listens. */
  Set<IpFamily> application() {
    return application;
  }

  /** The number in its virtual service's name. */
  int number() {
    return number;
  }

  String color() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name that its Cloud Map service and its ECS service share. */
  String serviceName() {
    return "colorteller-" + color();
  }

  String virtualNodeName() {
    return serviceName() + "-vn";
  }
}
