package colorteller.review.security;

import java.util.List;

/**
 * Something that is allowed and was not before.
 *
 * @param stack in which stack
 * @param who the role or the security group
 * @param before what was allowed in its place; empty if nothing was
 * @param after what is allowed now
 */
public record Opening(String stack, String who, List<String> before, String after) {

  /** Of a stack that there is in another way as well. */
  public Opening with(String suffix) {
    return new Opening(stack + suffix, who, before, after);
  }
}
