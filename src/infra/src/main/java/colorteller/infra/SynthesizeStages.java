package colorteller.infra;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;

/**
 * Synthesizes the stacks of several stages in one process, which is what the local mesh reads: the
 * same templates as {@code cdk synth} gives stage by stage. Writes a folder for each stage, and
 * {@code stages.json} that lists the templates, into the folder that {@code CDK_OUTDIR} names.
 *
 * <p>Arguments: stages (names with commas, or {@code all}), variants (with commas), then any {@code
 * KEY=VALUE} of context.
 */
public final class SynthesizeStages {

  private static final String ALL = "all";

  private SynthesizeStages() {}

  public static void main(String[] arguments) {
    Messages.guard(
        () -> {
          List<String> settings = List.of(arguments).subList(2, arguments.length);
          synthesize(
              Path.of(System.getenv().getOrDefault("CDK_OUTDIR", "cdk.out")),
              stages(arguments[0], settings),
              variants(arguments[1]),
              Context.of(settings));
        });
  }

  private static List<String> stages(String words, List<String> settings) {
    settings.stream()
        .filter(setting -> setting.startsWith(Settings.STAGE + "="))
        .findFirst()
        .ifPresent(
            setting -> {
              throw new SettingsException(
                  "-c %s is not allowed here; name the stage with --stage".formatted(setting));
            });
    return words.equals(ALL) ? Stage.words() : List.of(words.split(",", -1));
  }

  private static List<Variant> variants(String words) {
    return Stream.of(Variant.values())
        .filter(variant -> List.of(words.split(",", -1)).contains(variant.word()))
        .toList();
  }

  private static void synthesize(
      Path directory, List<String> stages, List<Variant> variants, Context context) {
    // All settings are read before anything is synthesized.
    List<Context> contexts = stages.stream().map(context::withStage).toList();
    List<Settings> settings = contexts.stream().map(c -> Settings.of(c.values())).toList();
    int last = stages.size() - 1;
    System.err.println(
        settings.get(last).describe(String.join("|", stages) + " (--stage)", contexts.get(last)));
    ArrayNode index = new ObjectMapper().createArrayNode();
    for (int i = 0; i < stages.size(); i++) {
      String stage = stages.get(i);
      App app =
          new App(
              AppProps.builder()
                  .outdir(directory.resolve(stage).toString())
                  .context(contexts.get(i).values())
                  // Nothing is deployed from here: the functions need not be copied.
                  .postCliContext(Map.of("aws:cdk:disable-asset-staging", true))
                  .analyticsReporting(false)
                  .build());
      for (Variant variant : variants) {
        MeshStack mesh = new MeshStack(app, settings.get(i), variant);
        Stack services = new ServiceStack(app, settings.get(i), variant, mesh);
        index
            .addObject()
            .put("stage", stage)
            .put("variant", variant.word())
            .put(
                "meshTemplate",
                mesh.document()
                    .map(document -> directory.relativize(document.file()).toString())
                    .orElse(stage + "/" + mesh.getTemplateFile()))
            .put("serviceTemplate", stage + "/" + services.getTemplateFile());
      }
      app.synth();
    }
    try {
      Files.writeString(directory.resolve("stages.json"), index.toPrettyString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
