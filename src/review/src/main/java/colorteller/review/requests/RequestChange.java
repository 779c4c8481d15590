package colorteller.review.requests;

/**
 * A request that gives something else.
 *
 * @param backend what tells the Envoys what to do; that of one's own only where it makes a
 *     difference
 * @param mesh the stack of the mesh
 * @param variant {@code dns} or {@code cloud}
 * @param stage the stage
 * @param path the request's path
 * @param via the family of the gateway's address
 * @param before what it gave; {@code nothing} if there was no such mesh
 * @param after what it gives
 * @param why the rules, in words
 */
public record RequestChange(
    Backend backend,
    String mesh,
    String variant,
    String stage,
    String path,
    String via,
    String before,
    String after,
    String why) {}
