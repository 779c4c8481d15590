package colorteller.review.requests;

import static java.util.stream.Collectors.flatMapping;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Requests of a stage that give the same now, as a table shows them.
 *
 * @param changes a change for each path and each address of the gateway
 */
public record RequestRow(List<RequestChange> changes) {

  public static List<RequestRow> of(List<RequestChange> requests) {
    // Most requests change in the same way through both addresses of the gateway.
    Map<List<Object>, List<RequestChange>> paths =
        requests.stream()
            .collect(
                groupingBy(
                    r -> List.of(r.backend(), r.mesh(), r.stage(), r.path(), r.before(), r.after()),
                    LinkedHashMap::new,
                    toList()));
    return paths.values().stream()
        .collect(
            groupingBy(
                r ->
                    List.of(
                        r.get(0).backend(),
                        r.get(0).mesh(),
                        r.get(0).stage(),
                        via(r),
                        r.get(0).after()),
                LinkedHashMap::new,
                flatMapping(List::stream, toList())))
        .values()
        .stream()
        .map(RequestRow::new)
        .toList();
  }

  private static String via(List<RequestChange> changes) {
    List<String> families = changes.stream().map(RequestChange::via).distinct().toList();
    return families.size() == 1 ? " via " + families.get(0) : "";
  }

  public RequestChange first() {
    return changes.get(0);
  }

  /** Such as {@code /red, /blue via IPv6}. */
  public String request() {
    return changes.stream().map(RequestChange::path).distinct().collect(joining(", "))
        + via(changes);
  }

  /** In the order of the paths, unless all gave the same. */
  public String before() {
    Map<String, String> byPath = new LinkedHashMap<>();
    changes.forEach(r -> byPath.put(r.path(), r.before()));
    return byPath.values().stream().distinct().count() == 1
        ? first().before()
        : String.join(", ", byPath.values());
  }

  /** The variant; the stack, where there is more than one of the variant. */
  public static String mesh(RequestChange request, List<RequestChange> all) {
    String name =
        all.stream()
                .anyMatch(
                    r -> r.variant().equals(request.variant()) && !r.mesh().equals(request.mesh()))
            ? request.mesh()
            : request.variant();
    return name + request.backend();
  }
}
