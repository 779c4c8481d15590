package colorteller.cli.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import colorteller.cli.report.TextTable.Cell;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.text.WordUtils;
import picocli.CommandLine.Help.Ansi;

/** Runs as tables for a person. */
public final class TableReport {

  private static final Map<String, String> COLOR_STYLES =
      Map.of(
          "red", "fg(red)",
          "orange", "fg(208)",
          "yellow", "fg(yellow)",
          "green", "fg(green)",
          "blue", "fg(33)",
          "purple", "fg(magenta)");
  private static final Set<IpFamily> ONLY_IPV4 = Set.of(IpFamily.IPV4);
  private static final int WIDTH = 100;
  private static final String DIFFERS = "bold,reverse";

  private TableReport() {}

  /** Runs as tables: a row per stage and a column per colour, or a row per path. */
  public static String of(List<Run> runs, Ansi ansi) {
    StringBuilder out = new StringBuilder();
    runs.stream()
        .collect(groupingBy(run -> run.mesh(), LinkedHashMap::new, groupingBy(Run::variant)))
        .values()
        .forEach(
            byVariant ->
                byVariant.forEach(
                    (variant, group) -> {
                      out.append(out.isEmpty() ? "" : "\n");
                      out.append(variant.isPresent() ? stages(group, ansi) : paths(group, ansi));
                      out.append(sentences(group));
                    }));
    return out.toString();
  }

  private static String stages(List<Run> runs, Ansi ansi) {
    boolean observed = runs.get(0).converged().isPresent();
    TextTable table = new TextTable();
    List<Cell> header = new ArrayList<>();
    header.add(Cell.of(runs.get(0).variant().orElseThrow() + " variant"));
    header.add(Cell.of("mesh preference"));
    runs.get(0).routes().forEach(route -> header.add(colored(route.color().orElse("?"))));
    header.add(Cell.of("via IPv6"));
    table.row(header);
    for (Run run : runs) {
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of(run.label()));
      row.add(Cell.of(run.preference().toString()));
      run.routes().forEach(route -> row.add(cell(route, IpFamily.IPV4)));
      row.add(viaIpv6(run));
      table.row(row);
    }
    return table.print(ansi) + (observed ? "\n" + health(runs, ansi) : "");
  }

  private static String health(List<Run> runs, Ansi ansi) {
    TextTable table = new TextTable();
    List<Cell> header = new ArrayList<>();
    header.add(Cell.of("health_check.healthy"));
    runs.get(0).routes().forEach(route -> header.add(colored(route.color().orElse("?"))));
    header.add(Cell.of("switched in"));
    table.row(header);
    for (Run run : runs) {
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of(run.label()));
      run.routes().forEach(route -> row.add(healthy(route)));
      row.add(Cell.of(run.converged().map(TableReport::seconds).orElse("")));
      table.row(row);
    }
    return table.print(ansi);
  }

  private static String paths(List<Run> runs, Ansi ansi) {
    TextTable table = new TextTable();
    Run run = runs.get(0);
    table.row(
        List.of(
            Cell.of("mesh " + run.mesh()),
            Cell.of("node"),
            Cell.of("via IPv4"),
            Cell.of("via IPv6"),
            Cell.of(run.converged().isPresent() ? "health_check.healthy" : "")));
    for (RouteResult route : run.routes()) {
      table.row(
          List.of(
              Cell.of(run.name(route)),
              Cell.of(nodes(route)),
              cell(route, IpFamily.IPV4),
              route.expected().containsKey(IpFamily.IPV6)
                  ? cell(route, IpFamily.IPV6)
                  : Cell.of("-"),
              run.converged().isPresent() ? healthy(route) : Cell.of("")));
    }
    if (run.routes().isEmpty()) {
      return "mesh %s: no request reaches a route in it, because no gateway and no node sends one, or no route can take one; give the templates of those that send, too, or see lint\n"
          .formatted(run.mesh());
    }
    return table.print(ansi)
        + run.converged().map(took -> "\nswitched in " + seconds(took) + "\n").orElse("");
  }

  /** The node, or the shares of several. */
  private static String nodes(RouteResult route) {
    List<Expectation.Share> shares = route.expected(IpFamily.IPV4).shares();
    return shares.isEmpty()
        ? route.node().orElse("none")
        : shares.stream()
            .map(share -> "%s %s".formatted(share.node(), share.percent()))
            .collect(joining(", "));
  }

  private static Cell viaIpv6(Run run) {
    if (run.routes().stream().allMatch(route -> route.observed().keySet().equals(ONLY_IPV4))) {
      return Cell.of("not asked");
    }
    if (run.routes().stream().anyMatch(route -> route.difference(IpFamily.IPV6).isPresent())) {
      return new Cell("differs", DIFFERS);
    }
    boolean same =
        run.routes().stream()
            .allMatch(r -> r.expected(IpFamily.IPV6).equals(r.expected(IpFamily.IPV4)));
    return Cell.of(same ? "the same" : "refused");
  }

  private static Cell cell(RouteResult route, IpFamily entry) {
    return route.difference(entry).isEmpty()
        ? colored(route.should(entry))
        : new Cell(
            "%s, not %s"
                .formatted(
                    RouteResult.was(route.observed(entry).orElseThrow()), route.should(entry)),
            DIFFERS);
  }

  private static Cell colored(String word) {
    return new Cell(word, COLOR_STYLES.getOrDefault(word, ""));
  }

  private static Cell healthy(RouteResult route) {
    String is = route.healthy().map(healthy -> healthy ? "1" : "0").orElse("-");
    return route.healthDifference().isEmpty()
        ? Cell.of(is)
        : new Cell("%s, not %d".formatted(is, route.shouldBeHealthy() ? 1 : 0), DIFFERS);
  }

  private static String seconds(Duration took) {
    return "%.2f s".formatted(took.toMillis() / 1000.0);
  }

  private static String sentences(List<Run> runs) {
    List<String> differences = new ArrayList<>();
    Map<String, List<String>> why = new LinkedHashMap<>();
    for (Run run : runs) {
      for (RouteResult route : run.routes()) {
        String name = title(run, route);
        route
            .healthDifference()
            .ifPresent(difference -> differences.add(wrapped(name + ": " + difference)));
        for (IpFamily entry : route.expected().keySet()) {
          Expectation expected = route.expected(entry);
          Optional<String> difference = route.difference(entry);
          if (difference.isPresent()) {
            differences.add(wrapped("%s via %s: %s".formatted(name, entry, difference.get())));
          } else if (expected.answer().isEmpty()
              && (entry == IpFamily.IPV4 || !expected.equals(route.expected(IpFamily.IPV4)))) {
            why.computeIfAbsent(expected.explanation(), e -> new ArrayList<>())
                .add(name + (entry == IpFamily.IPV6 ? " via IPv6" : ""));
          }
        }
      }
    }
    StringBuilder out = new StringBuilder();
    if (!differences.isEmpty()) {
      out.append("\nNot as expected:\n").append(String.join("\n", differences)).append('\n');
    }
    if (!why.isEmpty()) {
      out.append("\nWhy:\n");
      why.forEach((text, where) -> out.append(wrapped(join(where) + ": " + text)).append('\n'));
    }
    return out.toString();
  }

  private static String title(Run run, RouteResult route) {
    return run.variant()
        .flatMap(variant -> run.stage())
        .map(stage -> stage + " " + route.color().orElse("?"))
        .orElseGet(() -> run.name(route));
  }

  private static String wrapped(String sentence) {
    return "  " + WordUtils.wrap(sentence, WIDTH, "\n    ", false);
  }

  private static String join(List<String> where) {
    return where.size() <= 2
        ? String.join(", ", where)
        : "%s and %d more".formatted(where.get(0), where.size() - 1);
  }
}
