/**
 * A mesh on this machine: an Envoy process for every proxy, the applications, DNS, the control
 * plane, and what requests through it give.
 */
@NullMarked
package colorteller.local;

import org.jspecify.annotations.NullMarked;
