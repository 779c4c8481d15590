package colorteller.acceptance;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is deployed to a repository of Maven's, from a clean copy; and the example's code as a
 * project of somebody's own, which has what is in that repository, and nothing else of ours.
 */
@EnabledIfSystemProperty(named = "proof", matches = "true")
class PublishedTest {

  private static final String POM =
      """
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
        <groupId>shop</groupId>
        <artifactId>shop</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <repositories>
          <repository>
            <id>there</id>
            <url>%s</url>
          </repository>
        </repositories>
        <dependencies>
          <dependency>
            <groupId>colorteller</groupId>
            <artifactId>constructs</artifactId>
            <version>1.0-SNAPSHOT</version>
          </dependency>
        </dependencies>
        <build>
          <plugins>
            <plugin>
              <groupId>org.apache.maven.plugins</groupId>
              <artifactId>maven-compiler-plugin</artifactId>
              <version>3.14.1</version>
            </plugin>
            <plugin>
              <groupId>org.apache.maven.plugins</groupId>
              <artifactId>maven-dependency-plugin</artifactId>
              <version>3.9.0</version>
            </plugin>
          </plugins>
        </build>
      </project>
      """;

  @TempDir Path folder;

  @Test
  void fourAreEnoughForAProjectOfSomebodysOwn() throws Exception {
    Path copy = folder.resolve("copy");
    Path there = folder.resolve("there");
    Path local = localRepository();
    run(
        """
        mkdir '%1$s'
        git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -pt '%1$s'
        cd '%1$s'
        mvn -B -q -Prelease deploy -DskipTests -Dunchecked -Dspotless.check.skip=true -Dmaven.repo.local='%2$s' \
          -DaltDeploymentRepository=there::%3$s
        """
            .formatted(copy, local, there.toUri()));
    assertThat(published(there))
        .isEqualTo(
            Set.of(
                "app-mesh-ipv6 .pom",
                "mesh .pom",
                "mesh .jar",
                "mesh -sources.jar",
                "mesh -javadoc.jar",
                "control-plane .pom",
                "control-plane .jar",
                "control-plane -sources.jar",
                "control-plane -javadoc.jar",
                // The random meshes of test/: a module is deployed with all that it has.
                "control-plane -tests.jar",
                "constructs .pom",
                "constructs .jar",
                "constructs -sources.jar",
                "constructs -javadoc.jar"));

    Path shop = Files.createDirectory(folder.resolve("shop"));
    Files.writeString(shop.resolve("pom.xml"), POM.formatted(there.toUri()));
    run(
        """
        cp -r test/example/mesh.yaml test/example/src '%1$s'
        rm -r '%2$s' '%3$s/colorteller'
        cd '%1$s'
        mvn -B -q compile dependency:build-classpath -Dmdep.outputFile=classpath -Dmaven.repo.local='%3$s'
        CDK_VALIDATION=false CDK_OUTDIR=cdk.out java -cp "target/classes:$(cat classpath)" shop.ShopApp
        """
            .formatted(shop, copy, local));
    assertThat(shop.resolve("cdk.out/shop.template.json")).exists();
  }

  /** Others' artifacts are the user's; ours come from where they were deployed. */
  private Path localRepository() throws IOException {
    Path local = Files.createDirectory(folder.resolve("local"));
    try (Stream<Path> groups = Files.list(Path.of(System.getProperty("maven.repository")))) {
      for (Path group : groups.toList()) {
        if (!group.endsWith("colorteller")) {
          Files.createSymbolicLink(local.resolve(group.getFileName()), group);
        }
      }
    }
    return local;
  }

  /** Modules, with what is there of each. */
  private static Set<String> published(Path repository) throws IOException {
    try (Stream<Path> files = Files.walk(repository)) {
      return files
          .map(Path::toString)
          .filter(file -> file.matches(".*\\.(jar|pom)"))
          .map(
              file ->
                  file.replaceFirst(
                      ".*/colorteller/([^/]+)/[^/]+/\\1-1\\.0-[0-9.]+-[0-9]+(.*)", "$1 $2"))
          .collect(toSet());
    }
  }

  private static void run(String commands) throws Exception {
    Command.Result result = Command.run(Map.of(), List.of("bash", "-ec", commands));
    assertThat(result.status()).as("%s: %s%s", commands, result.out(), result.err()).isZero();
  }
}
