/**
 * What stacks deploy around a mesh: a VPC, its subnets and security groups, ECS services and their
 * tasks, a load balancer. Read from resolved templates; pure, as {@code colorteller.mesh} is.
 */
@NullMarked
package colorteller.deployment;

import org.jspecify.annotations.NullMarked;
