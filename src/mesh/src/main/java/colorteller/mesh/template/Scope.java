package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * What the names in CloudFormation's functions stand for. A method throws what {@link
 * Place#symbolic} gives for a value that only a deployment knows.
 */
public interface Scope {

  /** Every name stands for what only a deployment knows. */
  Scope NOTHING = new NoScope();

  /** The value of a parameter, a pseudo parameter or a resource. */
  JsonNode ref(String name, Place place);

  /** The attribute of a resource. */
  JsonNode attribute(String logicalId, String attribute, Place place);

  /** What another stack exports; empty if that is not known. */
  Optional<String> imported(String export);

  /** What the templates that are read together export. */
  List<String> exports();

  /** Whether a condition holds. */
  boolean condition(String name, Place place);

  /** The section {@code Mappings}. */
  JsonNode mappings(Place place);
}
