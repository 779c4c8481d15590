package colorteller.infra;

import java.io.IOException;
import java.nio.file.Files;

/** Stands in for the one that synthesizes stages: counts its starts, and has no stage. */
public final class SynthesizeStages {

  private SynthesizeStages() {}

  public static void main(String[] arguments) throws IOException {
    CdkApp.start();
    Files.writeString(CdkApp.out("stages.json"), "[]");
  }
}
