package colorteller.deployment;

import colorteller.mesh.template.Place;
import colorteller.mesh.template.Scope;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;

/**
 * What the names in a template's functions stand for once it is deployed: what AWS would make up is
 * the resource's own {@linkplain #id id}, whichever of its attributes is asked for, so that whoever
 * refers to a resource is seen to refer to it. The IPv6 block of a VPC, which AWS would assign, is
 * one of RFC 3849's, for documentation.
 *
 * @param template what they stand for before
 * @param stack the stack's name
 */
record DeployedScope(Scope template, String stack) implements Scope {

  /** The VPC's own IPv6 block. */
  static final String IPV6_BLOCK = "2001:db8::/56";

  private static final String IPV6_BLOCKS = "Ipv6CidrBlocks";

  /** The id of a resource among all stacks. */
  String id(String logicalId) {
    return stack + "/" + logicalId;
  }

  @Override
  public JsonNode ref(String name, Place place) {
    try {
      return template.ref(name, place);
    } catch (TemplateException.Symbolic e) {
      return new TextNode(id(name));
    }
  }

  @Override
  public JsonNode attribute(String logicalId, String attribute, Place place) {
    try {
      return template.attribute(logicalId, attribute, place);
    } catch (TemplateException.Symbolic e) {
      return attribute.equals(IPV6_BLOCKS)
          ? JsonNodeFactory.instance.arrayNode().add(IPV6_BLOCK)
          : new TextNode(id(logicalId));
    }
  }

  @Override
  public Optional<String> imported(String export) {
    return template.imported(export);
  }

  @Override
  public List<String> exports() {
    return template.exports();
  }

  @Override
  public boolean condition(String name, Place place) {
    return template.condition(name, place);
  }

  @Override
  public JsonNode mappings(Place place) {
    return template.mappings(place);
  }
}
