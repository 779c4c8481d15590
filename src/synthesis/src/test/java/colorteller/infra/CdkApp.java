package colorteller.infra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Stands in for the CDK app, without the CDK: counts its starts in the project's folder, and its
 * one template says which start wrote it.
 */
public final class CdkApp {

  private CdkApp() {}

  public static void main(String[] settings) throws IOException {
    long start = start();
    List<String> all = List.of(settings);
    System.err.println("Settings: " + all);
    if (all.contains("refused=yes")) {
      System.exit(2);
    }
    if (all.contains("fails=yes")) {
      System.exit(1);
    }
    if (all.contains("changesMeanwhile=yes") && start == 1) {
      Files.writeString(Path.of("cdk.json"), "{\"context\": {}}");
    }
    Files.writeString(
        out("manifest.json"),
        """
        {"artifacts": {"walkthrough": {
          "type": "aws:cloudformation:stack",
          "properties": {"templateFile": "walkthrough.template.json"}}}}
        """);
    Files.writeString(
        out("walkthrough.template.json"),
        """
        {"Description": "%s", "Metadata": {"start": %d}}
        """
            .formatted(String.join(" ", all), start));
    Files.write(Path.of("given"), System.getenv().keySet());
  }

  static Path out(String file) {
    return Path.of(System.getenv("CDK_OUTDIR"), file);
  }

  /** Which start this is, from 1. */
  static long start() throws IOException {
    Path starts = Path.of("starts");
    Files.writeString(starts, "start\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return Files.readAllLines(starts).size();
  }
}
