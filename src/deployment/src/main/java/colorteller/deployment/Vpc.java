package colorteller.deployment;

import java.util.Map;

/**
 * A VPC.
 *
 * @param cidr its IPv4 block, such as {@code 10.0.0.0/16}
 * @param subnets by id
 */
public record Vpc(String cidr, Map<String, Subnet> subnets) {}
