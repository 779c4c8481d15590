/**
 * An AWS account on this machine: AWS's APIs over HTTP on loopback (moto's server), and what
 * CloudFormation and ECS do with them for a deployment whose control plane is our own.
 */
@NullMarked
package colorteller.account;

import org.jspecify.annotations.NullMarked;
