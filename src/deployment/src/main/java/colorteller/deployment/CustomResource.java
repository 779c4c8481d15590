package colorteller.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A resource that a function provides.
 *
 * @param name its logical id
 * @param type its CloudFormation type
 * @param properties what the function is told of it
 * @param environment the function's
 */
public record CustomResource(
    String name, String type, JsonNode properties, Map<String, String> environment) {}
