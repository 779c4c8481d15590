package colorteller.colorteller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As a container starts it: a process with an environment. */
class MainTest {

  @ParameterizedTest(name = "PORT={0} COLOR={1} IP_FAMILY={2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                | red | ipv4 | PORT is not set; set it to a port from 1 to 65535
          ''    | red | ipv4 | PORT is not set
          0     | red | ipv4 | PORT '0' is not allowed; allowed is a port from 1 to 65535
          65536 | red | ipv4 | PORT '65536' is not allowed
          -1    | red | ipv4 | PORT '-1' is not allowed
          http  | red | ipv4 | PORT 'http' is not allowed
          9080x | red | ipv4 | PORT '9080x' is not allowed
          99999999999 | red | ipv4 | PORT '99999999999' is not allowed
          9080  |     | ipv4 | COLOR is not set; set it to the colour to answer
          9080  | ' ' | ipv4 | COLOR is not set
          9080  | red |      | IP_FAMILY is not set; set it to ipv4, ipv6 or dual
          9080  | red | IPv4 | IP_FAMILY 'IPv4' is not allowed; allowed are ipv4, ipv6, dual
          9080  | red | both | IP_FAMILY 'both' is not allowed
          """)
  void refuses(String port, String color, String families, String message) throws Exception {
    Process process = start(port, color, families);
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(said.strip()).startsWith("colorteller: " + message).doesNotContain("\n");
  }

  @Test
  void anOccupiedPort() throws Exception {
    int port = ColorTellerTest.freePort();
    try (ColorTeller teller = ColorTeller.start(port, "red", IpFamilies.IPV4)) {
      assertThat(teller).isNotNull();
      Process process = start(Integer.toString(port), "red", "ipv4");
      String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isEqualTo(2);
      assertThat(said.strip())
          .startsWith("colorteller: PORT %d cannot be used on [/127.0.0.1]".formatted(port))
          .doesNotContain("\n");
    }
  }

  @Test
  void endsOnSigterm() throws Exception {
    Process process = start(Integer.toString(ColorTellerTest.freePort()), "red", "dual");
    try (BufferedReader lines = process.inputReader()) {
      assertThat(lines.readLine()).contains("red listens on port");
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      // 128 + SIGTERM: what Java gives, and what ECS takes for a task that it stopped.
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void drainsBeforeItEnds() throws Exception {
    int port = ColorTellerTest.freePort();
    Process process = start(Integer.toString(port), "red", "ipv4", "STOP_AFTER_SECONDS", "60");
    try (BufferedReader lines = process.inputReader()) {
      assertThat(lines.readLine()).contains("red listens on port");
      assertThat(status(port, "/ping")).isEqualTo(200);
      process.destroy();
      while (status(port, "/ping") == 200) {
        Thread.onSpinWait();
      }
      assertThat(status(port, "/ping")).isEqualTo(503);
      assertThat(status(port, "/")).isEqualTo(200);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void refusesAWrongDrain() throws Exception {
    Process process = start("9080", "red", "ipv4", "STOP_AFTER_SECONDS", "101");
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(said.strip())
        .isEqualTo("colorteller: STOP_AFTER_SECONDS '101' is not allowed; allowed is 0 to 100");
  }

  private static int status(int port, String path) throws Exception {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:%d%s".formatted(port, path))
                .toURL()
                .openConnection(Proxy.NO_PROXY);
    return connection.getResponseCode();
  }

  private static Process start(String port, String color, String families, String... more)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            "target/classes",
            "colorteller.colorteller.Main");
    Map<String, String> settings = new TreeMap<>();
    settings.put("PORT", port);
    settings.put("COLOR", color);
    settings.put("IP_FAMILY", families);
    settings.values().removeIf(value -> value == null);
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    builder
        .environment()
        .keySet()
        .removeAll(Set.of("PORT", "COLOR", "IP_FAMILY", "STOP_AFTER_SECONDS"));
    builder.environment().putAll(settings);
    return builder.start();
  }
}
