package colorteller.cost;

/**
 * What AWS asks for one of a kind, in US dollars an hour, on demand, without taxes and free tiers.
 * Traffic, requests, logs and metrics come on top.
 */
public enum Price {
  // spotless:off
  FARGATE_VCPU(    0.04048,        "vCPU of Fargate"),
  FARGATE_GB(      0.004445,       "GB of Fargate"),
  FARGATE_ARM_VCPU(0.03238,        "vCPU of Fargate on ARM"),
  FARGATE_ARM_GB(  0.00356,        "GB of Fargate on ARM"),
  NAT_GATEWAY(     0.045,          "NAT gateway"),
  APPLICATION_LB(  0.0225,         "application load balancer"),
  NETWORK_LB(      0.0225,         "network load balancer"),
  PUBLIC_IPV4(     0.005,          "public IPv4 address"),
  T4G_NANO(        0.0042,         "t4g.nano instance"),
  T2_MICRO(        0.0116,         "t2.micro instance"),
  VOLUME_GB(       0.08 / 730,     "GB of gp3 volume"),
  HOSTED_ZONE(     0.50 / 730,     "hosted zone of a namespace"),
  ALARM(           0.10 / 730,     "alarm"),
  KMS_KEY(         1.00 / 730,     "key of KMS"),
  METRIC(          0.30 / 730,     "metric of CloudWatch");
  // spotless:on

  /** When and where these prices were those of AWS's public price pages. */
  public static final String AS_OF = "us-west-2, March 2026";

  private final double hourly;
  private final String what;

  Price(double hourly, String what) {
    this.hourly = hourly;
    this.what = what;
  }

  /** US dollars an hour. */
  public double hourly() {
    return hourly;
  }

  public String what() {
    return what;
  }
}
