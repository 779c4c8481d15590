package colorteller.mesh;

import java.util.Optional;

/**
 * What a query parameter must be.
 *
 * @param name its name
 * @param exactly its value; empty if it is enough that there is one
 */
public record QueryMatch(String name, Optional<String> exactly) {}
