package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.Fault;
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
          Map.of(
              "red", node("red", IpPreference.NONE),
              "on", node("on", IpPreference.IPV6_PREFERRED)));

  @TempDir Path folder;

  @Test
  void whatIsLeftOutIsDualButForAddressesThatNobodyAsksFor() throws IOException {
    assertThat(read("red: {application: ipv6}\non: {application: ipv4}\n"))
        .isEqualTo(
            Map.of(
                "red", workload("ipv4", "ipv6", "red", Fault.NONE),
                "on", workload("dual", "ipv4", "on", Fault.NONE)));
    assertThat(read("# nothing\n")).isEqualTo(WorkloadsFile.defaults(MESH));
  }

  @Test
  void aFaultIsText() throws IOException {
    assertThat(read("red: {fault: 'status=503, delay=20ms'}\n"))
        .containsEntry(
            "red", workload("ipv4", "dual", "red", Fault.parse("status=503, delay=20ms")));
  }

  private static Workload workload(
      String discovery, String application, String answer, Fault fault) {
    return new Workload(
        IpFamily.parse(discovery), IpFamily.parse(application), answer, Optional.of(fault));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          rad: {}                             | line 2: mesh 'colors' has no virtual node 'rad'; did you mean red?
          red: ipv4                           | line 2: red: must be such as {discovery: ipv4, application: dual}, but is 'ipv4'
          red: {discover: ipv4}               | line 2: red: 'discover' is no such key; did you mean discovery? allowed are discovery, application, fault
          red: {discovery: v4}                | line 2: red.discovery: 'v4' is not allowed; allowed are ipv4, ipv6, dual
          red: {fault: status=1}              | line 2: red.fault: 'status=1' is not allowed; allowed are status=200 to 599
          red: {fault: "reset, times=2"}      | line 2: red.fault: has times=, which is for the header x-walkthrough-fault of a request; leave it out
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

  private static VirtualNode node(String name, IpPreference preference) {
    return VirtualNode.of(name, preference, Optional.empty(), Optional.empty());
  }
}
