package colorteller.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.commonmark.ext.gfm.tables.TableBody;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;

/** What a Markdown file has that can be right or wrong. */
final class Markdown extends AbstractVisitor {

  private static final Parser PARSER =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();
  private static final TextContentRenderer TEXT = TextContentRenderer.builder().build();

  private final List<String> links = new ArrayList<>();
  private final Set<String> anchors = new HashSet<>();
  private final List<String> code = new ArrayList<>();
  private final List<String> blocks = new ArrayList<>();
  private final List<String> rowNames = new ArrayList<>();
  private final List<String> html = new ArrayList<>();
  private final IdGenerator ids = IdGenerator.builder().build();
  private boolean inRowName;

  private Markdown() {}

  static Markdown read(Path file) throws IOException {
    Markdown read = new Markdown();
    PARSER.parse(Files.readString(file)).accept(read);
    return read;
  }

  /** Where links and images lead. */
  List<String> links() {
    return links;
  }

  /** What can follow a {@code #}: its headings. */
  Set<String> anchors() {
    return anchors;
  }

  /** What is set as code within a line. */
  List<String> code() {
    return code;
  }

  /** What is set as code in lines of its own. */
  List<String> blocks() {
    return blocks;
  }

  /** What is set as code in the first cell of each table's rows. */
  List<String> rowNames() {
    return rowNames;
  }

  /** Tags: links in these would be overlooked. */
  List<String> html() {
    return html;
  }

  @Override
  public void visit(Link link) {
    links.add(link.getDestination());
    visitChildren(link);
  }

  @Override
  public void visit(Image image) {
    links.add(image.getDestination());
    visitChildren(image);
  }

  @Override
  public void visit(Heading heading) {
    anchors.add(ids.generateId(TEXT.render(heading).toLowerCase(Locale.ROOT)));
    visitChildren(heading);
  }

  @Override
  public void visit(Code inline) {
    code.add(inline.getLiteral());
    if (inRowName) {
      rowNames.add(inline.getLiteral());
    }
  }

  @Override
  public void visit(FencedCodeBlock block) {
    blocks.add(block.getLiteral());
  }

  @Override
  public void visit(HtmlBlock block) {
    html.add(block.getLiteral());
  }

  @Override
  public void visit(HtmlInline inline) {
    html.add(inline.getLiteral());
  }

  @Override
  public void visit(CustomNode node) {
    inRowName =
        node instanceof TableCell
            && node.getPrevious() == null
            && node.getParent() instanceof TableRow
            && node.getParent().getParent() instanceof TableBody;
    visitChildren(node);
    inRowName = false;
  }
}
