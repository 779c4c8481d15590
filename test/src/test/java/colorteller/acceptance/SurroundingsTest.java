package colorteller.acceptance;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.review.template.TemplateSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same on any machine: a stage on real Envoys, a synthesis and a refused setting in
 * surroundings that have something to say. All of them at once; each alone only if that fails, to
 * tell which, or for the proof.
 */
class SurroundingsTest {

  private static final String TURKISH = "a Turkish locale";
  private static final String NO_TMPDIR = "export TMPDIR=/dev/null/tmp";

  /**
   * What a shell does before it starts the command. Not even root can make a folder in a device.
   */
  private static final Map<String, String> SURROUNDINGS =
      new TreeMap<>(
          Map.of(
              "unknown keys in .npmrc",
              "export npm_config_userconfig=\"$FOLDER/npmrc\"",
              "JAVA_TOOL_OPTIONS",
              java("-Dfile.encoding=ISO-8859-9 -Djava.io.tmpdir=/dev/null/tmp -Xmx1g"),
              "NODE_OPTIONS",
              "export NODE_OPTIONS=\"--trace-warnings --require=$FOLDER/hello.js\"",
              TURKISH,
              "export LANG=tr_TR.UTF-8 LANGUAGE=tr; " + java("-Duser.language=tr"),
              "LC_ALL=C, and digits that are not ASCII",
              "export LC_ALL=C; " + java("-Duser.language.format=ar -Duser.country.format=EG"),
              "proxies",
              "for name in {http,https,all,grpc,HTTP,HTTPS,ALL}_{proxy,PROXY}; do export $name=http://127.0.0.1:9; done; "
                  + java("-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=9 -Dhttp.nonProxyHosts=")
                  + java("-DsocksProxyHost=127.0.0.1 -DsocksProxyPort=9"),
              "a HOME that cannot be made",
              "export HOME=/dev/null/home",
              "a TMPDIR that cannot be made",
              NO_TMPDIR,
              "nonsense in AWS_* and CDK_*",
              """
              export AWS_PROFILE=no/such AWS_REGION='mars 1' AWS_DEFAULT_REGION=x AWS_ENDPOINT_URL=http://127.0.0.1:9
              export AWS_CONFIG_FILE=/dev/null/config AWS_SHARED_CREDENTIALS_FILE=/etc AWS_ACCESS_KEY_ID=x
              export AWS_MAX_ATTEMPTS=zero AWS_USE_DUALSTACK_ENDPOINT=perhaps AWS_CA_BUNDLE=/nowhere
              export CDK_DEFAULT_ACCOUNT=me CDK_DEFAULT_REGION='mars 1' CDK_OUTDIR=/dev/null/out
              export CDK_CONTEXT_JSON=x CDK_DOCKER=no CDK_DEBUG=perhaps
              """,
              "a path with spaces, umask 077",
              "umask 077; cd \"$FOLDER\"/a*path"));

  private static String java(String options) {
    return "export JAVA_TOOL_OPTIONS=\"${JAVA_TOOL_OPTIONS-} %s\"; ".formatted(options);
  }

  @TempDir Path folder;

  @BeforeEach
  void prepare() throws Exception {
    Files.writeString(folder.resolve("npmrc"), "no-such-key=1\nnodedir=/nowhere\n");
    Files.writeString(
        folder.resolve("hello.js"), "console.log('Hello'); console.error('Hello too');");
    // The project once more, in a folder whose name only a shell can write on any machine.
    Command.Result made =
        bash(
            """
            mkdir "$FOLDER"/tmp "$FOLDER"/$'a l\\303\\266ng path'
            cp -p walkthrough cdk.json package.json pom.xml "$FOLDER"/a*path
            ln -s "$PWD"/{.tools,node_modules,src,lambda} "$FOLDER"/a*path
            """);
    assertThat(made.status()).as(made.err()).isZero();
  }

  /** JUnit warns of every link. */
  @AfterEach
  void removeLinks() throws Exception {
    bash("rm -r \"$FOLDER\"/a*path");
  }

  @TestFactory
  Stream<DynamicTest> surroundings() {
    AtomicBoolean alone = new AtomicBoolean(Boolean.getBoolean("proof"));
    Stream<DynamicTest> together =
        Stream.of(
            together(alone, "all at once but " + TURKISH, name -> !name.equals(TURKISH)),
            together(alone, TURKISH + ", which others would hide", TURKISH::equals));
    Stream<DynamicTest> each =
        Stream.of(SURROUNDINGS)
            // Asked after the first test has run.
            .filter(all -> alone.get())
            .flatMap(all -> all.entrySet().stream())
            .map(
                surrounding ->
                    DynamicTest.dynamicTest(
                        surrounding.getKey(),
                        () -> {
                          aStage(surrounding.getValue());
                          aSynthesis(surrounding.getValue());
                          aRefusedSetting(surrounding.getValue());
                        }));
    return Stream.concat(together, each);
  }

  private DynamicTest together(AtomicBoolean alone, String title, Predicate<String> included) {
    return DynamicTest.dynamicTest(
        title,
        () -> {
          String all =
              SURROUNDINGS.entrySet().stream()
                  .filter(surrounding -> included.test(surrounding.getKey()))
                  .map(Map.Entry::getValue)
                  .collect(joining("\n"));
          boolean before = alone.getAndSet(true);
          aStage(all);
          aSynthesis(all.replace(NO_TMPDIR, ""));
          aRefusedSetting(all.replace(NO_TMPDIR, ""));
          alone.set(before);
        });
  }

  private void aStage(String surrounding) throws Exception {
    Command.Result local =
        bash(surrounding + "\n./walkthrough local --variant cloud --stage v6_only");
    assertThat(local.status()).as(local.err()).isZero();
    assertThat(local.out())
        .startsWith("cloud variant  mesh preference  red ")
        .containsPattern(
            "\nv6_only +IPv6_ONLY +discovery +discovery +discovery +application +blue +purple +the same\n")
        .containsPattern("\nv6_only( +0){4} +1 +1 +[0-9]+[.][0-9]{2} s\n");
    isEmpty(Command.root().resolve(".tools/tmp"));
  }

  private void aSynthesis(String surrounding) throws Exception {
    Path out = folder.resolve("out");
    Command.Result synth = bash("%s%n%s".formatted(surrounding, cdk(surrounding, out, "")));
    assertThat(synth.status()).as(synth.err()).isZero();
    assertThat(templates(out))
        .isEqualTo(templates(Path.of("test/src/test/resources/templates/v4_only")));
    bash("rm -r '%s'".formatted(out));
    isEmpty(folder.resolve("tmp"));
  }

  private void aRefusedSetting(String surrounding) throws Exception {
    Path out = folder.resolve("out");
    String name = "a".repeat(70);
    Command.Result refused =
        bash("%s%n%s".formatted(surrounding, cdk(surrounding, out, "projectName=" + name)));
    assertThat(refused.status()).isNotZero();
    assertThat(refused.err().lines())
        .filteredOn(line -> line.contains("context "))
        .singleElement()
        .asString()
        .startsWith("context value projectName='" + name.substring(0, 60) + "…' is not allowed;");
    isEmpty(out);
    isEmpty(folder.resolve("tmp"));
  }

  /** Where TMPDIR is no folder, the CDK CLI ends before it starts the app: the app alone then. */
  private static String cdk(String surrounding, Path out, String setting) {
    return surrounding.contains(NO_TMPDIR)
        ? "CDK_OUTDIR='%s' ./walkthrough app %s".formatted(out, setting)
        : "npx cdk synth --quiet -o '%s' %s"
            .formatted(out, setting.isEmpty() ? "" : "-c " + setting);
  }

  private Command.Result bash(String commands) throws Exception {
    return Command.run(
        Map.of("FOLDER", folder.toString(), "TMPDIR", folder.resolve("tmp").toString()),
        List.of("bash", "-c", commands));
  }

  private static Map<String, String> templates(Path folder) throws Exception {
    Map<String, String> templates = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".template.json")).toList()) {
        templates.put(
            file.getFileName().toString(), TemplateSet.withoutHashes(Files.readString(file)));
      }
    }
    return templates;
  }

  private static void isEmpty(Path folder) throws Exception {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.toList()).isEmpty();
      }
    }
  }
}
