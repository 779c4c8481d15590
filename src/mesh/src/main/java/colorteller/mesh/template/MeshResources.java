package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The App Mesh resources of a template, by their names in the mesh: each of the one mesh, and each
 * route of a gateway or a router that is there.
 */
final class MeshResources {

  private static final String TYPE = "AWS::AppMesh::";

  /** A resource whose properties are resolved. */
  record Resource(String name, JsonNode properties, Place place) {

    JsonNode spec() {
      return properties.path("Spec");
    }

    Place specPlace() {
      return place.child("Spec");
    }

    String text(String property) {
      return properties.path(property).asText();
    }
  }

  private final Place file;
  private final Map<String, Map<String, Resource>> types;
  private final Resource mesh;

  private MeshResources(Place file, Map<String, Map<String, Resource>> types) {
    this.file = file;
    this.types = types;
    this.mesh = theMesh();
  }

  /**
   * Reads the resources, their properties evaluated.
   *
   * @throws TemplateException if one cannot be read, or belongs nowhere
   */
  static MeshResources of(Template template) {
    template.resources().forEach((id, r) -> requireKnown(r.type(), template.place(id)));
    Map<String, Map<String, Resource>> types = new LinkedHashMap<>();
    for (String type : AppMeshSchema.types()) {
      types.put(type.substring(TYPE.length()), resolved(template, type));
    }
    MeshResources resources = new MeshResources(Place.of(template.file()), types);
    resources.requireBelonging();
    return resources;
  }

  /** A misspelled type would be taken for a resource that is none of the mesh's. */
  private static void requireKnown(String type, Place place) {
    if (type.regionMatches(true, 0, TYPE, 0, TYPE.length()) && !AppMeshSchema.has(type)) {
      throw place
          .child("Type")
          .error(
              "App Mesh has no %s; %s"
                  .formatted(quote(type), Words.allowed(type, AppMeshSchema.types())));
    }
  }

  private static Map<String, Resource> resolved(Template template, String type) {
    AppMeshProperties properties = new AppMeshProperties(template.intrinsics());
    Map<String, Resource> byKey = new LinkedHashMap<>();
    for (String id : template.existing(type)) {
      Template.Resource resource = Objects.requireNonNull(template.resources().get(id));
      Place place = template.place(id);
      String name = template.scope().name(id, resource);
      if (!name.matches("[^/\\p{Cntrl}]{1,255}")) {
        throw place
            .child(AppMeshSchema.nameProperty(type))
            .error("must be 1 to 255 characters without a slash, but is " + quote(name));
      }
      Resource read = new Resource(name, properties.resolve(resource, place), place);
      Resource twin = byKey.put(key(type, read), read);
      if (twin != null) {
        throw place.error(
            "is named %s, as %s is; give each a name of its own"
                .formatted(quote(name), twin.place().path()));
      }
    }
    return byKey;
  }

  /** Routes are named within their router or gateway, everything else within the mesh. */
  private static String key(String type, Resource resource) {
    String parent =
        AppMeshSchema.nameProperties(type).stream()
            .limit(AppMeshSchema.nameProperties(type).size() - 1L)
            .filter(property -> !property.equals("MeshName"))
            .map(property -> resource.text(property) + "/")
            .collect(Collectors.joining());
    return parent + resource.name();
  }

  Resource mesh() {
    return mesh;
  }

  /** Those of a type, such as {@code VirtualNode}. */
  Collection<Resource> all(String type) {
    return Objects.requireNonNull(types.get(type)).values();
  }

  private Resource theMesh() {
    List<Resource> meshes = List.copyOf(all("Mesh"));
    if (meshes.isEmpty()) {
      throw file.error("has no AWS::AppMesh::Mesh; a template of one mesh is needed");
    }
    if (meshes.size() > 1) {
      throw file.error(
          "has %d meshes (%s); a template of one mesh is needed"
              .formatted(
                  meshes.size(),
                  meshes.stream().map(m -> m.place().path()).collect(Collectors.joining(", "))));
    }
    return meshes.get(0);
  }

  private void requireBelonging() {
    for (Map.Entry<String, Map<String, Resource>> entry : types.entrySet()) {
      if (!entry.getKey().equals("Mesh")) {
        entry.getValue().values().forEach(resource -> belongs(resource, mesh));
      }
    }
    requireParents("GatewayRoute", "VirtualGateway");
    requireParents("Route", "VirtualRouter");
  }

  private static void belongs(Resource resource, Resource mesh) {
    if (!resource.text("MeshName").equals(mesh.name())) {
      throw resource
          .place()
          .child("MeshName")
          .error(
              "is %s, but the mesh of this template is %s; write !GetAtt %s.MeshName"
                  .formatted(
                      quote(resource.text("MeshName")), quote(mesh.name()), mesh.place().path()));
    }
  }

  /** A route of a gateway or a router that the mesh does not have would be lost without a word. */
  private void requireParents(String type, String parent) {
    String property = parent + "Name";
    all(type)
        .forEach(route -> referTo(parent, route.text(property), route.place().child(property)));
  }

  /** What a name refers to, which must be there. */
  Resource referTo(String type, String name, Place place) {
    return all(type).stream()
        .filter(resource -> resource.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                place.error(
                    "there is no AWS::AppMesh::%s named %s; %s"
                        .formatted(
                            type,
                            quote(name),
                            Words.nearest(
                                name,
                                all(type).stream().map(Resource::name).toList(),
                                "their names"))));
  }

  /** A node that is sent to must listen and be found. */
  void requireReachable(String name, Place place) {
    Resource node = referTo("VirtualNode", name, place);
    for (String property : List.of("Listeners", "ServiceDiscovery")) {
      if (node.spec().path(property).isEmpty()) {
        throw place.error(
            "the virtual node %s cannot be sent to, because it has no %s"
                .formatted(quote(name), property));
      }
    }
  }
}
