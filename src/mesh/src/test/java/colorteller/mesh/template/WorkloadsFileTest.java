package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadsFileTest {

  private static final Mesh MESH =
      new Mesh(
          "colors",
          IpPreference.NONE,
          false,
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of("red", node("red"), "on", node("on")));

  @TempDir Path folder;

  @Test
  void whatIsLeftOutIsDual() throws IOException {
    assertThat(read("red: {discovery: ipv6}\non: {application: ipv4}\n"))
        .isEqualTo(
            Map.of(
                "red", new Workload(IpFamily.parse("ipv6"), IpFamily.dual(), "red"),
                "on", new Workload(IpFamily.dual(), IpFamily.parse("ipv4"), "on")));
    assertThat(read("# nothing\n")).isEqualTo(WorkloadsFile.dual(MESH));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          rad: {}                             | line 2: mesh 'colors' has no virtual node 'rad'; did you mean red?
          red: ipv4                           | line 2: red: must be such as {discovery: ipv4, application: dual}, but is 'ipv4'
          red: {discover: ipv4}               | line 2: red: 'discover' is no such key; did you mean discovery? allowed are discovery, application
          red: {discovery: v4}                | line 2: red.discovery: 'v4' is not allowed; allowed are ipv4, ipv6, dual
          red: {application: 4}               | line 2: red.application: '4' is not allowed; allowed are ipv4, ipv6, dual
          red: {application: ipv4, application: ipv6} | line 2, column 26: the key 'application' is there twice; keep one
          red: &x {}                          | line 2, column 6: the anchor '&x'
          - red                               | must hold lines such as 'NODE: {discovery: ipv4, application: dual}', but is ["red"]
          """)
  void refused(String line, String said) {
    Path file = folder.resolve("workloads.yaml");
    assertThatThrownBy(() -> read("# what runs where\n" + line + "\n"))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith(file + ": " + said);
  }

  private Map<String, Workload> read(String text) throws IOException {
    Path file = folder.resolve("workloads.yaml");
    Files.writeString(file, text);
    return WorkloadsFile.read(file, MESH);
  }

  private static VirtualNode node(String name) {
    return VirtualNode.of(name, IpPreference.NONE, Optional.empty(), Optional.empty());
  }
}
