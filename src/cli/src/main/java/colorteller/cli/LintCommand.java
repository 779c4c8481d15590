package colorteller.cli;

import colorteller.mesh.lint.Finding;
import colorteller.mesh.lint.LintRule;
import colorteller.mesh.lint.Linted;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What somebody's own templates have that App Mesh refused or ignored, or that is a trap. */
@Command(
    name = "lint",
    description =
        "Find what App Mesh would have refused in your own templates, what it ignored, and traps"
            + " that the rules know. Status 1 if there is anything.")
final class LintCommand implements Callable<Integer> {

  @Mixin Help help = new Help();

  @Mixin TemplateOptions source = new TemplateOptions();

  @Option(
      names = "--format",
      paramLabel = "table|json",
      description = "How the result is written. Default: table.")
  Output.Format format = Output.Format.table;

  @Override
  public Integer call() {
    List<Finding> findings = findings(source.read());
    System.out.println(format == Output.Format.json ? json(findings) : text(findings));
    return findings.isEmpty() ? ExitStatus.AS_EXPECTED : ExitStatus.DIFFERS;
  }

  private List<Finding> findings(List<Template> templates) {
    try {
      Scenario scenario = source.scenario(templates);
      return LintRule.findings(
          new Linted(scenario.mesh(), scenario.workloads(), source.places(templates)));
    } catch (TemplateException.Refused refused) {
      return LintRule.findings(refused);
    }
  }

  private static String text(List<Finding> findings) {
    if (findings.isEmpty()) {
      return "Nothing found.";
    }
    StringBuilder out = new StringBuilder();
    for (Finding finding : findings) {
      LintRule rule = finding.rule();
      out.append(
          "%s: %s (%s)\n  %s\n  %s: %s.\n\n"
              .formatted(
                  finding.place().file().getFileName(),
                  finding.place().path(),
                  rule.id(),
                  finding.reason(),
                  capitalized(rule.kind().words()),
                  rule.remedy()));
    }
    return out.toString().stripTrailing();
  }

  private static String capitalized(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private static String json(List<Finding> findings) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    ArrayNode array = json.putArray("findings");
    for (Finding finding : findings) {
      array
          .addObject()
          .put("rule", finding.rule().id())
          .put("kind", finding.rule().kind().word())
          .put("file", finding.place().file().toString())
          .put("place", finding.place().path())
          .put("reason", finding.reason())
          .put("remedy", finding.rule().remedy());
    }
    return json.toPrettyString();
  }
}
