package colorteller.deployment;

import java.util.Set;

/**
 * An EC2 instance, such as a bastion.
 *
 * @param name its logical id
 * @param subnet the id of its subnet
 * @param groups the ids of its security groups
 */
public record Instance(String name, String subnet, Set<String> groups) {}
