package colorteller.mesh;

/** The ports that the walkthrough chooses, and who reads its templates knows them by. */
public final class WalkthroughPorts {

  /** Where the gateway and every application listen. */
  public static final int HTTP = 9080;

  private WalkthroughPorts() {}

  /** Where the load balancer listens for what it sends to the gateway's address of a family. */
  public static int loadBalancer(IpFamily gateway) {
    return gateway == IpFamily.IPV4 ? 80 : 81;
  }
}
