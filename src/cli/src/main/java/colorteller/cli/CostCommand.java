package colorteller.cli;

import colorteller.cli.report.TextTable;
import colorteller.cli.report.TextTable.Cell;
import colorteller.cost.Bill;
import colorteller.cost.Original;
import colorteller.cost.Price;
import colorteller.cost.TemplateBill;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;

/** What the stacks cost, read from their templates. */
@Command(
    name = "cost",
    description =
        "Estimate what each stack costs in an hour and in a month, from its template, beside what"
            + " AWS's original walkthrough deployed. Traffic, requests, logs and metrics come on"
            + " top.")
final class CostCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin ContextValues context = new ContextValues();

  @Override
  public Integer call() {
    System.out.print(print(Machine.synthesis().assembly(context.values).templates()));
    return ExitStatus.AS_EXPECTED;
  }

  static String print(Map<String, JsonNode> templates) {
    TextTable table = new TextTable();
    table.row(cells("US dollars", "an hour", "a month", "original: an hour", "a month", "for"));
    Bill all = Bill.NOTHING;
    Bill originals = Bill.NOTHING;
    Set<String> byUse = new TreeSet<>();
    Set<String> unknown = new TreeSet<>();
    for (Map.Entry<String, JsonNode> stack : templates.entrySet()) {
      TemplateBill read = TemplateBill.of(stack.getValue());
      Bill original = Original.of(stack.getKey());
      table.row(row(stack.getKey(), read.bill(), original, read.bill().describe()));
      all = all.plus(read.bill());
      originals = originals.plus(original);
      byUse.addAll(read.byUse());
      unknown.addAll(read.unknown());
    }
    table.row(row("all", all, originals, ""));
    StringBuilder text = new StringBuilder(table.print(Ansi.OFF));
    text.append(
        "%nAn estimate with prices of %s. Traffic, requests, logs, metrics and taxes come on top.%n"
            .formatted(Price.AS_OF));
    if (!byUse.isEmpty()) {
      text.append(
          "Billed by use, which may exceed all the rest: %s.%n"
              .formatted(String.join(", ", byUse)));
    }
    if (!unknown.isEmpty()) {
      text.append("Not counted, for lack of a price: %s.%n".formatted(String.join(", ", unknown)));
    }
    return text.toString();
  }

  private static List<Cell> row(String name, Bill ours, Bill original, String what) {
    return cells(
        name,
        dollars("%.4f", ours.hourly()),
        dollars("%.2f", ours.monthly()),
        dollars("%.4f", original.hourly()),
        dollars("%.2f", original.monthly()),
        what);
  }

  private static String dollars(String format, double amount) {
    return String.format(Locale.ROOT, format, amount);
  }

  private static List<Cell> cells(String... texts) {
    return Stream.of(texts).map(Cell::of).toList();
  }
}
