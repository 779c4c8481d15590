package colorteller.preflight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether this machine can build an image for ARM. */
public final class Docker {

  private static final String NAME = "Docker";
  private static final long LIMIT_SECONDS = 20;

  private Docker() {}

  /** Asks the program that the CDK would use: {@code docker}, or what CDK_DOCKER names. */
  public static Check check() {
    String docker = Optional.ofNullable(System.getenv("CDK_DOCKER")).orElse("docker");
    String instead = ", or name a built image: -c colortellerImage=NAME";
    try {
      Optional<String> version = run(docker, "version", "--format", "{{.Server.Version}}");
      if (version.isEmpty()) {
        return Check.missing(NAME, docker + " does not answer", "start Docker" + instead);
      }
      if (!isArm() && !run(docker, "buildx", "inspect").orElse("").contains("linux/arm64")) {
        return Check.missing(
            NAME,
            version.get() + ", which cannot build for ARM",
            docker + " run --privileged --rm tonistiigi/binfmt --install arm64" + instead);
      }
      return Check.ok(NAME, version.get());
    } catch (IOException e) {
      return Check.missing(NAME, "no '%s' on PATH".formatted(docker), "install Docker" + instead);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Check.missing(NAME, "interrupted", "ask again");
    }
  }

  private static boolean isArm() {
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return arch.equals("aarch64") || arch.equals("arm64");
  }

  /** What it prints; empty if it fails or does not end. */
  private static Optional<String> run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return Optional.empty();
      }
      return Optional.of(
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    } finally {
      process.destroyForcibly();
    }
  }
}
