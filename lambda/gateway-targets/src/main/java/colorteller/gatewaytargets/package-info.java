/**
 * A Lambda function that keeps an IPv6 target group pointing at the running tasks of an ECS
 * service. ECS itself registers only IPv4 addresses (Step 9 of the walkthrough).
 */
@NullMarked
package colorteller.gatewaytargets;

import org.jspecify.annotations.NullMarked;
