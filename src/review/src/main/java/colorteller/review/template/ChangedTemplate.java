package colorteller.review.template;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A template before and after.
 *
 * @param stage the folder that it is in
 * @param stack the name of its stack
 * @param before empty if the stack is new
 * @param after empty if it is gone
 */
public record ChangedTemplate(String stage, String stack, JsonNode before, JsonNode after) {}
