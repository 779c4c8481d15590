package colorteller.review.security;

import colorteller.review.template.TemplateText;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All rules of the security groups of a template, their own and those that stand alone. */
public final class GroupRules {

  /** Rules that a function gives. */
  public record Unread(String group, String words) {}

  /** The condition of a rule of which it is not known whether EC2 takes it away. */
  public static final String DEFAULT_STAYS =
      "EC2's default rule stays, as the group has no rule out of its own";

  private static final Map<String, String> ALONE =
      Map.of(
          "AWS::EC2::SecurityGroupIngress", Rule.IN,
          "AWS::EC2::SecurityGroupEgress", Rule.OUT);

  private final Set<Rule> rules = new LinkedHashSet<>();
  private final Set<Unread> unread = new LinkedHashSet<>();

  private GroupRules() {}

  public static GroupRules of(JsonNode template) {
    GroupRules groups = new GroupRules();
    Set<Map.Entry<String, JsonNode>> resources = template.path("Resources").properties();
    for (Map.Entry<String, JsonNode> resource : resources) {
      JsonNode properties = resource.getValue().path("Properties");
      String direction = ALONE.get(resource.getValue().path("Type").asText());
      if (direction != null) {
        String group =
            TemplateText.text(properties.path(properties.has("GroupId") ? "GroupId" : "GroupName"));
        groups.rules.add(
            Rule.of(Rule.group(group), direction, properties, conditions(resource.getValue())));
      }
    }
    Set<String> out =
        groups.rules.stream()
            .filter(rule -> rule.direction().equals(Rule.OUT))
            .map(Rule::group)
            .collect(Collectors.toSet());
    for (Map.Entry<String, JsonNode> resource : resources) {
      if (resource.getValue().path("Type").asText().equals("AWS::EC2::SecurityGroup")) {
        String group = "${%s}".formatted(resource.getKey());
        groups.own(group, resource.getValue(), out.contains(group));
      }
    }
    return groups;
  }

  public Set<Rule> rules() {
    return rules;
  }

  public Set<Unread> unread() {
    return unread;
  }

  private void own(String group, JsonNode resource, boolean othersOut) {
    Set<String> conditions = conditions(resource);
    JsonNode properties = resource.path("Properties");
    own(group, Rule.IN, properties.path("SecurityGroupIngress"), conditions);
    JsonNode egress = properties.path("SecurityGroupEgress");
    own(group, Rule.OUT, egress, conditions);
    if (TemplateText.absent(egress) || (egress.isArray() && egress.isEmpty())) {
      // Whether EC2's default stays beside rules that stand alone, the reference does not say.
      Rule.everythingOut(group, othersOut ? Set.of(DEFAULT_STAYS) : conditions).forEach(rules::add);
    }
  }

  private void own(String group, String direction, JsonNode list, Set<String> conditions) {
    for (JsonNode rule : list.isArray() ? list : List.of(list)) {
      if (TemplateText.isFunction(rule) && !TemplateText.absent(rule)) {
        unread.add(
            new Unread(group, "cannot be told: " + direction + " " + TemplateText.text(rule)));
      } else if (rule.isObject() && !TemplateText.absent(rule)) {
        rules.add(Rule.of(group, direction, rule, conditions));
      }
    }
  }

  private static Set<String> conditions(JsonNode resource) {
    return resource.has("Condition")
        ? Set.of("the template's condition " + resource.path("Condition").asText())
        : Set.of();
  }
}
