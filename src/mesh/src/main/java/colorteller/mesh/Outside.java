package colorteller.mesh;

/**
 * Something that the templates refer to and do not have. It is taken as given: somebody else's
 * template, or account, has it.
 *
 * @param type App Mesh's type without its namespace, such as {@code VirtualNode}
 * @param name its name in the mesh
 */
public record Outside(String type, String name) {}
