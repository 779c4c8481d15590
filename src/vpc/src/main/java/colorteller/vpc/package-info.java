/**
 * A deployment on this machine, as its templates describe it: a namespace of the Linux kernel for
 * each task, with the addresses of its subnet, the rules of its security groups and the redirection
 * that ECS makes.
 */
@NullMarked
package colorteller.vpc;

import org.jspecify.annotations.NullMarked;
