package colorteller.vpc.agent;

/**
 * What became of an HTTP request in a namespace.
 *
 * @param status the HTTP status; 0 if there was no answer
 * @param body the body of the answer, or why there was none
 * @param refused whether the other side refused the connection
 */
public record HttpAnswer(int status, String body, boolean refused) {}
