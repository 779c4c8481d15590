package colorteller.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
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

  private static final String ACCESS_KEY = "x";
  private static final String SECRET_KEY = "y";

  private final Process process;
  private final String endpoint;

  /** Its shell waits for the end of standard input, which comes even if this program is killed. */
  private static final String ENDS_WITH_THIS =
      "exec 3>&2 2>/dev/null; \"$0\" \"$@\" 2>&3 3>&- & exec 3>&-; cat > /dev/null; kill $!; wait";

  /**
   * Starts it, and waits until it listens.
   *
   * @param executable {@code moto_server}
   * @throws AccountFailure if it does not
   */
  public Moto(Path executable) {
    try {
      process =
          new ProcessBuilder(
                  "sh", "-c", ENDS_WITH_THIS, executable.toString(), "-H", "127.0.0.1", "-p", "0")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      BufferedReader lines = process.errorReader();
      endpoint = endpoint(lines);
      // Nobody reads what it logs from here on; it must not wait for a reader.
      Thread drain = new Thread(() -> drain(lines), "drain moto's log");
      drain.setDaemon(true);
      drain.start();
    } catch (IOException e) {
      throw new AccountFailure(
          "moto_server (%s) cannot start: %s".formatted(executable, e.getMessage()));
    }
  }

  /** It says where it listens, or ends. */
  private String endpoint(BufferedReader lines) throws IOException {
    String last = "nothing";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        return address.group(1);
      }
      last = line;
    }
    close();
    throw new AccountFailure("moto_server does not start; it said: " + last);
  }

  private static void drain(BufferedReader lines) {
    try {
      lines.lines().forEach(line -> {});
    } catch (UncheckedIOException e) {
      // It has ended.
    }
  }

  /** Where it listens, a URL. */
  public String endpoint() {
    return endpoint;
  }

  /** A client of it. Data of different regions are kept apart. */
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
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
        .build();
  }

  /** The environment of a process that is to ask an endpoint in place of AWS, and nothing else. */
  public static Map<String, String> environment(String endpoint, String region) {
    return Map.of(
        "AWS_ENDPOINT_URL", endpoint,
        "AWS_ACCESS_KEY_ID", ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", SECRET_KEY,
        "AWS_REGION", region,
        "AWS_CONFIG_FILE", "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE", "/dev/null",
        "AWS_EC2_METADATA_DISABLED", "true");
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended.
    }
    process.onExit().join();
  }
}
