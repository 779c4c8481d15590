package colorteller.review.requests;

import java.util.List;

/**
 * What requests give, before and after.
 *
 * @param changes those that give something else
 * @param unknown those of which neither before nor after can be told what they give, and why; a
 *     line each
 */
public record ComparedRequests(List<RequestChange> changes, List<String> unknown) {}
