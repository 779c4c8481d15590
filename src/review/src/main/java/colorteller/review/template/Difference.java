package colorteller.review.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One place at which two JSON values differ.
 *
 * @param place names from the root, each after a slash; members of lists by what tells them apart
 * @param words what differs there; what is all new or all gone is one place
 */
public record Difference(String place, String words) {

  static final String NEW = "new";
  static final String GONE = "gone";

  private static final int SHORT = 100;

  /** What tells members of a list apart: Envoy's routes have no name, but what they match. */
  private static final List<String> KEYS =
      List.of("/name", "/cluster_name", "/Name", "/Key", "/match/prefix", "/match/path");

  /** JSON of Envoy's resources leaves a field out that has its default. */
  private static final Map<String, String> DEFAULTS = Map.of("dns_lookup_family", "\"AUTO\"");

  public static List<Difference> between(JsonNode before, JsonNode after) {
    List<Difference> differences = new ArrayList<>();
    compare("", before, after, differences);
    return differences;
  }

  private static void compare(String place, JsonNode then, JsonNode now, List<Difference> all) {
    JsonNode before = withoutFunction(then);
    JsonNode after = withoutFunction(now);
    if (before.equals(after)) {
      return;
    }
    if (before.isMissingNode() && after.isContainerNode()) {
      all.add(new Difference(place, NEW + small(place, after)));
    } else if (before.isContainerNode() && after.isMissingNode()) {
      all.add(new Difference(place, GONE + small(place, before)));
    } else if (before.isContainerNode() && before.getNodeType() == after.getNodeType()) {
      Map<String, JsonNode> old = members(before);
      Map<String, JsonNode> members = members(after);
      boolean reordered = !order(old, members).equals(order(members, old));
      if (before.isArray()) {
        reordered |= dropSame(old, members);
      }
      for (String name : TemplateSet.union(old.keySet(), members.keySet())) {
        compare(
            place + "/" + name,
            old.getOrDefault(name, MissingNode.getInstance()),
            members.getOrDefault(name, MissingNode.getInstance()),
            all);
      }
      if (reordered) {
        all.add(new Difference(place, "in another order"));
      }
    } else {
      all.add(
          new Difference(place, "%s → %s".formatted(value(place, before), value(place, after))));
    }
  }

  /** What is new or gone, if it is a part, and short. */
  private static String small(String place, JsonNode node) {
    String json = node.toString();
    return place.isEmpty() || json.length() > SHORT ? "" : ": " + json;
  }

  /** What a function of CloudFormation gives is one text. */
  private static JsonNode withoutFunction(JsonNode node) {
    return TemplateText.isFunction(node) ? TextNode.valueOf(TemplateText.text(node)) : node;
  }

  /** Envoy takes the first route that matches; the order of what has a name says nothing. */
  private static List<String> order(Map<String, JsonNode> one, Map<String, JsonNode> other) {
    return one.keySet().stream()
        .filter(name -> name.startsWith("["))
        .filter(other::containsKey)
        .toList();
  }

  /**
   * Drops members that nothing tells apart, such as statements of a policy, if both lists have
   * them: one that is new does not make all after it look changed. What is left is compared in its
   * order. Gives whether what was dropped stands in another order.
   */
  private static boolean dropSame(Map<String, JsonNode> before, Map<String, JsonNode> after) {
    List<Integer> places = new ArrayList<>();
    Map<String, JsonNode> left = new LinkedHashMap<>();
    for (String place : unnamed(before)) {
      JsonNode member = Objects.requireNonNull(before.remove(place));
      Optional<String> same =
          unnamed(after).stream().filter(other -> member.equals(after.get(other))).findFirst();
      if (same.isPresent()) {
        after.remove(same.get());
        places.add(Integer.valueOf(same.get()));
      } else {
        left.put(place, member);
      }
    }
    Iterator<String> others = unnamed(after).iterator();
    left.forEach(
        (place, member) -> {
          String gone = after.containsKey(place) ? place + " (before)" : place;
          before.put(others.hasNext() ? others.next() : gone, member);
        });
    return !places.stream().sorted().toList().equals(places);
  }

  private static List<String> unnamed(Map<String, JsonNode> members) {
    return members.keySet().stream().filter(name -> name.matches("\\d+")).toList();
  }

  private static Map<String, JsonNode> members(JsonNode node) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    node.properties().forEach(e -> members.put(e.getKey(), e.getValue()));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      JsonNode member = node.get(i);
      String key =
          KEYS.stream()
              .map(member::at)
              .filter(JsonNode::isTextual)
              .map(
                  name -> name.asText().startsWith("/") ? "[" + name.asText() + "]" : name.asText())
              .findFirst()
              .orElse(Integer.toString(i));
      String name = key;
      for (int twin = 2; members.containsKey(name); twin++) {
        name = key + " (" + twin + ")";
      }
      members.put(name, member);
    }
    return members;
  }

  private static String value(String place, JsonNode node) {
    return node.isMissingNode()
        ? DEFAULTS.getOrDefault(place.substring(place.lastIndexOf('/') + 1), "unset")
        : node.toString();
  }

  /** For a person. */
  public String line() {
    return place + ": " + words;
  }
}
