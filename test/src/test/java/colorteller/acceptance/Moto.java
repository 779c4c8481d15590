package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/** AWS's APIs over HTTP on loopback: moto's server, as a process of its own. */
public final class Moto implements AutoCloseable {

  private static final Pattern ADDRESS =
      Pattern.compile("Running on (http://127\\.0\\.0\\.1:\\d+)");

  private final Process process;
  private final BufferedReader lines;
  private final String endpoint;

  public Moto() throws Exception {
    process =
        new ProcessBuilder(".tools/moto_server", "-H", "127.0.0.1", "-p", "0")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    lines = process.errorReader();
    // It says where it listens, or ends.
    String found = "";
    for (String line = lines.readLine();
        line != null && found.isEmpty();
        line = found.isEmpty() ? lines.readLine() : line) {
      Matcher address = ADDRESS.matcher(line);
      found = address.find() ? address.group(1) : "";
    }
    assertThat(found).as("moto_server's address").isNotEmpty();
    endpoint = found;
    // Nobody reads what it logs from here on; it must not wait for a reader.
    Thread drain = new Thread(() -> lines.lines().forEach(line -> {}), "drain moto's log");
    drain.setDaemon(true);
    drain.start();
  }

  public String endpoint() {
    return endpoint;
  }

  /** A client of moto. Data of different regions are kept apart. */
  public <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(
      B builder, String region) {
    return builder
        .httpClient(
            UrlConnectionHttpClient.builder()
                .proxyConfiguration(
                    proxy ->
                        proxy.useEnvironmentVariablesValues(false).useSystemPropertyValues(false))
                .build())
        .endpointOverride(URI.create(endpoint))
        .region(Region.of(region))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("x", "y")))
        .build();
  }

  /**
   * A hosts file for a Java process that asks Cloud Map for instances: the SDK puts {@code data-}
   * in front of the endpoint's host for that. The host is then {@code moto}.
   */
  public static final String HOSTS_OPTION =
      "-Djdk.net.hosts.file=test/src/test/resources/moto.hosts";

  /** The endpoint for a process with {@link #HOSTS_OPTION}. */
  public String endpointByName() {
    return endpoint.replace("127.0.0.1", "moto");
  }

  /** The environment of a process that is to ask an endpoint in place of AWS, and nothing else. */
  public static Map<String, String> environment(String endpoint, String region) {
    return Map.ofEntries(
        Map.entry("AWS_ENDPOINT_URL", endpoint),
        Map.entry("AWS_ACCESS_KEY_ID", "x"),
        Map.entry("AWS_SECRET_ACCESS_KEY", "y"),
        Map.entry("AWS_REGION", region),
        Map.entry("AWS_CONFIG_FILE", "/dev/null"),
        Map.entry("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        Map.entry("AWS_EC2_METADATA_DISABLED", "true"),
        // On loopback a proxy could not help.
        Map.entry("HTTP_PROXY", ""),
        Map.entry("http_proxy", ""),
        Map.entry("HTTPS_PROXY", ""),
        Map.entry("https_proxy", ""));
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.onExit().join();
  }
}
