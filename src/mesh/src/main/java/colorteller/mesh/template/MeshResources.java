package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.Outside;
import colorteller.mesh.template.TemplateException.Refusal;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The App Mesh resources of templates, by their names in the mesh: all of one mesh, which one of
 * the templates has or which is elsewhere.
 */
final class MeshResources {

  private static final String TYPE = "AWS::AppMesh::";
  private static final String MESH = TYPE + "Mesh";

  /**
   * A resource whose properties are resolved.
   *
   * @param fits whether they are as the schema says; if not, nobody reads them
   */
  record Resource(String name, JsonNode properties, Place place, boolean fits) {

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

  private final Map<String, Map<String, Resource>> types = new LinkedHashMap<>();
  private final Set<Outside> outside = new LinkedHashSet<>();
  private final Refusals refusals;
  private final Place file;
  private final Optional<String> wanted;
  private final String several;
  private final Map<String, TemplateException> taken = new LinkedHashMap<>();
  private final Set<String> left = new LinkedHashSet<>();
  private final String meshName;

  /**
   * Reads the resources, their properties evaluated.
   *
   * @param templates at least one
   * @param wanted the name of the mesh, where the templates have several; the others are left out
   * @param several what to do where there are several meshes and none is wanted, as a user is told
   * @param refusals gets what App Mesh would have refused, if the mesh is known nevertheless
   * @throws TemplateException if one cannot be read
   */
  MeshResources(
      List<Template> templates, Optional<String> wanted, String several, Refusals refusals) {
    this.several = several;
    this.refusals = refusals;
    file = Place.of(templates.get(0).file());
    this.wanted = wanted;
    AppMeshSchema.types()
        .forEach(type -> types.put(type.substring(TYPE.length()), new LinkedHashMap<>()));
    if (wanted.isEmpty()) {
      requireOneMesh(templates);
    }
    templates.forEach(this::add);
    if (mesh().isEmpty()) {
      // Its own resource may be what was refused.
      refusals.throwAny();
    }
    meshName = mesh().map(Resource::name).orElseGet(this::nameOfMeshElsewhere);
    templates.forEach(template -> taken.putAll(template.scope().taken()));
    types.forEach(
        (type, resources) -> {
          if (!type.equals("Mesh")) {
            resources.values().forEach(r -> refusals.check(() -> requireBelonging(r)));
          }
        });
    requireParents("GatewayRoute", "VirtualGateway");
    requireParents("Route", "VirtualRouter");
    taken.keySet().forEach(name -> outside.add(new Outside("value", name)));
  }

  private void add(Template template) {
    template
        .resources()
        .forEach((id, r) -> refusals.check(() -> requireKnown(r.type(), template.place(id))));
    AppMeshProperties properties =
        new AppMeshProperties(template.scope().taking(), template.intrinsics());
    template
        .existing()
        .forEach(
            (id, resource) -> {
              if (AppMeshSchema.has(resource.type())) {
                refusals.check(() -> add(id, resource, template, properties));
              }
            });
  }

  /** A misspelled type would be taken for a resource that is none of the mesh's. */
  private static void requireKnown(String type, Place place) {
    if (type.regionMatches(true, 0, TYPE, 0, TYPE.length()) && !AppMeshSchema.has(type)) {
      throw place
          .child("Type")
          .refused(
              "App Mesh has no %s; %s"
                  .formatted(quote(type), Words.allowed(type, AppMeshSchema.types())));
    }
  }

  private void add(
      String id, Template.Resource resource, Template template, AppMeshProperties properties) {
    Place place = template.place(id);
    String name = template.scope().name(id, resource);
    if (!name.matches("[^/\\p{Cntrl}]{1,255}")) {
      throw place
          .child(AppMeshSchema.nameProperty(resource.type()))
          .refused("must be 1 to 255 characters without a slash, but is " + quote(name));
    }
    if (wanted.isPresent()) {
      String mesh = resource.type().equals(MESH) ? name : properties.mesh(resource, place);
      if (!mesh.equals(wanted.get())) {
        left.add(mesh);
        return;
      }
    }
    JsonNode resolved = properties.resolve(resource, place);
    List<Refusal> refused = AppMeshProperties.refusals(resource.type(), resolved, place);
    refusals.add(refused);
    Resource read = new Resource(name, resolved, place, refused.isEmpty());
    Resource twin =
        Objects.requireNonNull(types.get(resource.type().substring(TYPE.length())))
            .put(key(resource.type(), read), read);
    if (twin != null) {
      throw place.refused(
          "is named %s, as %s is; give each a name of its own"
              .formatted(quote(name), twin.place().path()));
    }
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

  /** The mesh's own resource; empty if the templates only add to a mesh. */
  Optional<Resource> mesh() {
    return all("Mesh").stream().findFirst();
  }

  String meshName() {
    return meshName;
  }

  /** The account that owns the mesh, if a resource says that. */
  Optional<String> owner() {
    Optional<String> owner = Optional.empty();
    for (Map<String, Resource> resources : types.values()) {
      for (Resource resource : resources.values()) {
        Optional<String> own =
            Optional.ofNullable(resource.properties().path("MeshOwner").textValue());
        if (owner.isPresent() && own.isPresent() && !own.equals(owner)) {
          throw resource
              .place()
              .child("MeshOwner")
              .refused("is %s, but elsewhere it is %s".formatted(own.get(), owner.get()));
        }
        owner = owner.or(() -> own);
      }
    }
    return owner;
  }

  /** What was referred to so far and is not there. */
  Set<Outside> outside() {
    return outside;
  }

  /** Those of a type, such as {@code VirtualNode}, that can be read. */
  List<Resource> all(String type) {
    return named(type).values().stream().filter(Resource::fits).toList();
  }

  private Map<String, Resource> named(String type) {
    return Objects.requireNonNull(types.get(type), type);
  }

  /** Where each stands, by its type and the names that tell it apart. */
  Map<String, Place> places() {
    Map<String, Place> places = new LinkedHashMap<>();
    types.forEach(
        (type, resources) ->
            resources.forEach((key, resource) -> places.put(type + "/" + key, resource.place())));
    return places;
  }

  /** The routes of each router or gateway, by its name. */
  Map<String, List<Resource>> byParent(String type, String parent) {
    return all(type).stream()
        .collect(
            Collectors.groupingBy(
                route -> route.text(parent + "Name"), LinkedHashMap::new, Collectors.toList()));
  }

  /** What two meshes have may have the same names, so this is said before those are compared. */
  private void requireOneMesh(List<Template> templates) {
    List<String> names =
        templates.stream()
            .flatMap(
                template ->
                    template.existing().entrySet().stream()
                        .filter(entry -> entry.getValue().type().equals(MESH))
                        .map(entry -> template.scope().name(entry.getKey(), entry.getValue())))
            .toList();
    if (names.size() > 1) {
      throw file.error(
          "has %d meshes: %s; %s".formatted(names.size(), String.join(", ", names), several));
    }
  }

  private String nameOfMeshElsewhere() {
    String name =
        types.values().stream()
            .flatMap(resources -> resources.values().stream())
            .map(resource -> resource.text("MeshName"))
            .findFirst()
            .orElseThrow(
                () ->
                    file.error(
                        left.isEmpty()
                            ? "has no AWS::AppMesh resource; a template of a mesh is needed"
                            : "has nothing of a mesh %s; its meshes are %s"
                                .formatted(quote(wanted.orElseThrow()), String.join(", ", left))));
    outside.add(new Outside("Mesh", name));
    return name;
  }

  private void requireBelonging(Resource resource) {
    if (resource.properties().has("MeshName") && !resource.text("MeshName").equals(meshName)) {
      TemplateException unknown = taken.get(resource.text("MeshName"));
      if (unknown != null) {
        throw unknown;
      }
      Place place = resource.place().child("MeshName");
      String is = quote(resource.text("MeshName"));
      throw mesh()
          .<TemplateException>map(
              mesh ->
                  place.refused(
                      "is %s, but the mesh of this template is %s; write !GetAtt %s.MeshName"
                          .formatted(is, quote(meshName), mesh.place().path())))
          .orElseGet(
              () ->
                  place.error(
                      "is %s, but the mesh of what stands before is %s; %s"
                          .formatted(is, quote(meshName), several)));
    }
  }

  /** A route of a gateway or a router that the mesh does not have would be lost without a word. */
  private void requireParents(String type, String parent) {
    String property = parent + "Name";
    named(type).values().stream()
        .filter(route -> route.properties().has(property))
        .forEach(
            route ->
                refusals.check(
                    () -> referTo(parent, route.text(property), route.place().child(property))));
  }

  /**
   * A backend may be outside even where the mesh is not: App Mesh took one that nobody had made
   * yet.
   */
  void referToBackend(String service, Place place) {
    requireNoArn("VirtualService", service, place);
    if (!named("VirtualService").containsKey(service)) {
      outside.add(new Outside("VirtualService", service));
    }
  }

  /**
   * What a name refers to; empty if it is outside, as it may be where the mesh is, or cannot be
   * read.
   */
  Optional<Resource> referTo(String type, String name, Place place) {
    requireNoArn(type, name, place);
    Resource found = named(type).get(name);
    if (found == null && mesh().isPresent()) {
      throw place.refused(
          "there is no AWS::AppMesh::%s named %s; %s. If another template has it, name that, too"
              .formatted(
                  type,
                  quote(name),
                  Words.nearest(
                      name,
                      named(type).values().stream().map(Resource::name).toList(),
                      "their names")));
    }
    if (found == null) {
      outside.add(new Outside(type, name));
    }
    return Optional.ofNullable(found).filter(Resource::fits);
  }

  /** Ref gives a resource's ARN, which would be taken for the name of something outside. */
  private void requireNoArn(String type, String name, Place place) {
    if (name.startsWith("arn:")) {
      String last = name.substring(name.lastIndexOf('/') + 1);
      throw place.refused(
          "is the ARN %s, but App Mesh asks for a name%s"
              .formatted(
                  quote(name),
                  named(type).values().stream()
                      .filter(resource -> resource.name().equals(last))
                      .findFirst()
                      .map(
                          meant ->
                              "; write !GetAtt %s.%sName".formatted(meant.place().path(), type))
                      .orElse("")));
    }
  }

  /** A node that is sent to must listen, at a port where one is given, and be found. */
  void requireReachable(String name, JsonNode port, Place place) {
    referTo("VirtualNode", name, place).ifPresent(node -> requireReachable(node, port, place));
  }

  private static void requireReachable(Resource node, JsonNode port, Place place) {
    for (String property : List.of("Listeners", "ServiceDiscovery")) {
      if (node.spec().path(property).isEmpty()) {
        throw place.refused(
            "the virtual node %s cannot be sent to, because it has no %s"
                .formatted(quote(node.name()), property));
      }
    }
    List<Integer> ports =
        node.spec().path("Listeners").findValues("PortMapping").stream()
            .map(mapping -> mapping.path("Port").asInt())
            .toList();
    if (!port.isMissingNode() && !ports.contains(port.asInt())) {
      throw place.refused(
          "the virtual node %s does not listen at port %d; its ports are %s"
              .formatted(
                  quote(node.name()),
                  port.asInt(),
                  ports.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
  }
}
