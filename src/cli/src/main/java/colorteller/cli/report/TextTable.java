package colorteller.cli.report;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Rows of cells in columns as wide as their widest cell. */
public final class TextTable {

  /**
   * One cell.
   *
   * @param text what it says
   * @param style picocli's style for a terminal; empty text for none
   */
  public record Cell(String text, String style) {

    public static Cell of(String text) {
      return new Cell(text, "");
    }
  }

  private final List<List<Cell>> rows = new ArrayList<>();

  public void row(List<Cell> cells) {
    rows.add(cells);
  }

  public String print(Ansi ansi) {
    StringBuilder out = new StringBuilder();
    for (List<Cell> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        Cell cell = row.get(column);
        line.append(styled(cell, ansi));
        if (column < row.size() - 1) {
          line.append(" ".repeat(width(column) - cell.text().length() + 2));
        }
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private static String styled(Cell cell, Ansi ansi) {
    return cell.style().isEmpty() || cell.text().isEmpty()
        ? cell.text()
        : ansi.string("@|%s %s|@".formatted(cell.style(), cell.text()));
  }

  private int width(int column) {
    return rows.stream()
        .filter(row -> row.size() > column)
        .mapToInt(row -> row.get(column).text().length())
        .max()
        .orElse(0);
  }
}
