package colorteller.verification;

import colorteller.mesh.Mesh;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.appmesh.AppMeshClient;
import software.amazon.awssdk.services.appmesh.model.GatewayRouteRef;
import software.amazon.awssdk.services.appmesh.model.NotFoundException;
import software.amazon.awssdk.services.appmesh.model.VirtualGatewayRef;
import software.amazon.awssdk.services.appmesh.model.VirtualNodeRef;
import software.amazon.awssdk.services.appmesh.model.VirtualServiceData;
import software.amazon.awssdk.services.appmesh.model.VirtualServiceProvider;
import software.amazon.awssdk.services.appmesh.model.VirtualServiceRef;

/**
 * A mesh as App Mesh's API describes it, read as the template that it would be: what {@link
 * MeshReader} refuses in a template, it refuses here. Virtual routers are not asked for; a deployed
 * verifier may not read them.
 */
public final class AppMeshSource implements MeshSource {

  /** What the API says of a resource beside its properties. */
  private static final List<String> NO_PROPERTIES = List.of("Metadata", "Status");

  private final AppMeshClient appMesh;
  private final String name;

  /**
   * Reads from App Mesh.
   *
   * @param appMesh the client
   * @param name the mesh's name
   */
  public AppMeshSource(AppMeshClient appMesh, String name) {
    this.appMesh = appMesh;
    this.name = name;
  }

  @Override
  public Mesh read() {
    ObjectNode template = JsonNodeFactory.instance.objectNode();
    describe(template.putObject("Resources"));
    try {
      return MeshReader.read(Template.of("App Mesh", template));
    } catch (TemplateException e) {
      throw new VerificationException(String.valueOf(e.getMessage()));
    }
  }

  /** Adds all but virtual routers, in an order that stays: App Mesh lists in none. */
  private void describe(ObjectNode resources) {
    try {
      add(resources, "Mesh", name, appMesh.describeMesh(r -> r.meshName(name)).mesh());
    } catch (NotFoundException e) {
      throw new VerificationException(
          "App Mesh has no mesh '%s' here; deploy its stack first, or check the region"
              .formatted(name));
    }
    appMesh.listVirtualGatewaysPaginator(r -> r.meshName(name)).virtualGateways().stream()
        .map(VirtualGatewayRef::virtualGatewayName)
        .sorted()
        .forEach(gateway -> describeGateway(resources, gateway));
    appMesh.listVirtualServicesPaginator(r -> r.meshName(name)).virtualServices().stream()
        .map(VirtualServiceRef::virtualServiceName)
        .sorted()
        .forEach(service -> describeService(resources, service));
    appMesh.listVirtualNodesPaginator(r -> r.meshName(name)).virtualNodes().stream()
        .map(VirtualNodeRef::virtualNodeName)
        .sorted()
        .forEach(
            node ->
                add(
                    resources,
                    "VirtualNode",
                    node,
                    appMesh
                        .describeVirtualNode(r -> r.meshName(name).virtualNodeName(node))
                        .virtualNode()));
  }

  private void describeGateway(ObjectNode resources, String gateway) {
    add(
        resources,
        "VirtualGateway",
        gateway,
        appMesh
            .describeVirtualGateway(r -> r.meshName(name).virtualGatewayName(gateway))
            .virtualGateway());
    appMesh
        .listGatewayRoutesPaginator(r -> r.meshName(name).virtualGatewayName(gateway))
        .gatewayRoutes()
        .stream()
        .map(GatewayRouteRef::gatewayRouteName)
        .sorted()
        .forEach(
            route ->
                add(
                    resources,
                    "GatewayRoute",
                    gateway + "/" + route,
                    appMesh
                        .describeGatewayRoute(
                            r ->
                                r.meshName(name)
                                    .virtualGatewayName(gateway)
                                    .gatewayRouteName(route))
                        .gatewayRoute()));
  }

  private void describeService(ObjectNode resources, String service) {
    VirtualServiceData described =
        appMesh
            .describeVirtualService(r -> r.meshName(name).virtualServiceName(service))
            .virtualService();
    VirtualServiceProvider provider = described.spec().provider();
    if (provider != null && provider.virtualRouter() != null) {
      throw new VerificationException(
          "virtual service '%s' of mesh '%s' is provided by a virtual router; only virtual nodes can be verified"
              .formatted(service, name));
    }
    add(resources, "VirtualService", service, described);
  }

  private static void add(ObjectNode resources, String type, String id, SdkPojo described) {
    resources
        .putObject(type + " " + id)
        .put("Type", "AWS::AppMesh::" + type)
        .set("Properties", TemplateJson.of(described).remove(NO_PROPERTIES));
  }
}
