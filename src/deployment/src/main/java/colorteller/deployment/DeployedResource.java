package colorteller.deployment;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A resource of a stack.
 *
 * @param logicalId its name in its template
 * @param type its CloudFormation type
 * @param properties its properties, functions resolved
 */
record DeployedResource(String logicalId, String type, JsonNode properties) {}
