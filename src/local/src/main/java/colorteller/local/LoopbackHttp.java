package colorteller.local;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;

/** Requests to this machine itself, whatever proxy its user's settings name for others. */
final class LoopbackHttp {

  private LoopbackHttp() {}

  /**
   * A connection on which nothing has been sent yet.
   *
   * @param limitMillis how long connecting and reading may take each
   */
  static HttpURLConnection to(URI uri, int limitMillis) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(limitMillis);
    connection.setReadTimeout(limitMillis);
    connection.setInstanceFollowRedirects(false);
    return connection;
  }
}
