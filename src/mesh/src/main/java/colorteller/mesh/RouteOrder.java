package colorteller.mesh;

import static java.util.Comparator.comparingInt;

import colorteller.mesh.RouteTable.Entry;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which routes are tried: by priority, then the longest path first, as App Mesh does.
 * What it does among equals is not documented; here the one that asks for more comes first.
 */
final class RouteOrder {

  private static final Comparator<Entry> ORDER =
      comparingInt(Entry::priority)
          .thenComparingInt(route -> -route.match().path().length())
          .thenComparingInt(route -> kind(route.match().path()))
          .thenComparingInt(route -> -conditions(route.match()))
          .thenComparing(Entry::name);

  private RouteOrder() {}

  static <T extends Entry> List<T> of(Collection<T> routes) {
    return routes.stream().sorted(ORDER).toList();
  }

  /** Of equal length, a path comes before a prefix, and a prefix before a regular expression. */
  private static int kind(PathMatch path) {
    if (path instanceof PathMatch.Exact) {
      return 0;
    }
    if (path instanceof PathMatch.Grpc grpc) {
      return grpc.method().isPresent() ? 0 : 1;
    }
    return path instanceof PathMatch.Prefix ? 1 : 2;
  }

  private static int conditions(RouteMatch match) {
    return (match.method().isPresent() ? 1 : 0)
        + (match.scheme().isPresent() ? 1 : 0)
        + (match.hostname().isPresent() ? 1 : 0)
        + (match.port().isPresent() ? 1 : 0)
        + match.headers().size()
        + match.queryParameters().size();
  }
}
