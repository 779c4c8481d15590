package colorteller.acceptance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;

/** AWS's APIs over HTTP on loopback, for tests. */
public final class Moto implements AutoCloseable {

  private final colorteller.account.Moto moto =
      new colorteller.account.Moto(Command.root().resolve(".tools/moto_server"));

  public String endpoint() {
    return moto.endpoint();
  }

  /** A client of moto. Data of different regions are kept apart. */
  public <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(
      B builder, String region) {
    return moto.client(builder, region);
  }

  /**
   * A hosts file for a Java process that asks Cloud Map for instances: the SDK puts {@code data-}
   * in front of the endpoint's host for that. The host is then {@code moto}.
   */
  public static final String HOSTS_OPTION =
      "-Djdk.net.hosts.file=test/src/test/resources/moto.hosts";

  /** The endpoint for a process with {@link #HOSTS_OPTION}. */
  public String endpointByName() {
    return endpoint().replace("127.0.0.1", "moto");
  }

  /** The environment of a process that is to ask an endpoint in place of AWS, and nothing else. */
  public static Map<String, String> environment(String endpoint, String region) {
    Map<String, String> result =
        new HashMap<>(colorteller.account.Moto.environment(endpoint, region));
    // On loopback a proxy could not help.
    for (String proxy : List.of("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")) {
      result.put(proxy, "");
    }
    return result;
  }

  @Override
  public void close() {
    moto.close();
  }
}
