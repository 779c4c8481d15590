package colorteller.mesh;

/**
 * Sends requests whose path begins with a prefix to a virtual service. App Mesh replaces the prefix
 * with {@code /} and the Host header with the virtual service's name.
 *
 * @param name the gateway route's name
 * @param prefix the path prefix, beginning with a slash
 * @param virtualService the name of the virtual service
 */
public record GatewayRoute(String name, String prefix, String virtualService) {}
