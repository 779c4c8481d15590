package colorteller.page;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lets nobody in but this machine's own browsers and scripts, and pages of this server: a page of
 * another origin can neither read nor change anything, under whatever name it has this address
 * looked up.
 */
record Guard(HttpHandler next) implements HttpHandler {

  private static final int MISDIRECTED = 421;
  private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
  private static final HttpString FETCH_MODE = new HttpString("Sec-Fetch-Mode");
  private static final HttpString CONTENT_SECURITY_POLICY =
      new HttpString("Content-Security-Policy");
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control", "no-store",
          "Cross-Origin-Embedder-Policy", "require-corp",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY");

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    HeaderMap answer = exchange.getResponseHeaders();
    HEADERS.forEach((name, value) -> answer.put(new HttpString(name), value));
    answer.put(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    exchange.addDefaultResponseListener(Json::explain);
    HeaderMap asked = exchange.getRequestHeaders();
    List<String> hosts = hosts(exchange);
    String host = asked.getFirst(Headers.HOST);
    String origin = asked.getFirst(Headers.ORIGIN);
    if (host == null || !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      Json.refuse(exchange, MISDIRECTED, "this is " + String.join(" or ", hosts));
    } else if ((origin != null && !origin.equals("http://" + host)) || isForAnother(exchange)) {
      Json.refuse(
          exchange, StatusCodes.FORBIDDEN, "this is for pages of http://%s only".formatted(host));
    } else {
      next.handleRequest(exchange);
    }
  }

  private static List<String> hosts(HttpServerExchange exchange) {
    int port = exchange.getConnection().getLocalAddress(InetSocketAddress.class).getPort();
    return List.of("127.0.0.1:" + port, "localhost:" + port);
  }

  /** What browsers themselves say: a page of another origin may lead to this page, no more. */
  private static boolean isForAnother(HttpServerExchange exchange) {
    String site = exchange.getRequestHeaders().getFirst(FETCH_SITE);
    boolean own = site == null || site.equals("same-origin") || site.equals("none");
    boolean visit =
        "navigate".equals(exchange.getRequestHeaders().getFirst(FETCH_MODE))
            && exchange.getRequestPath().equals("/");
    return !own && !visit;
  }

  /**
   * Allows an answer that is a page what the page needs: this server's files, and inline what bears
   * a nonce.
   *
   * @return the nonce
   */
  static String allowPage(HttpServerExchange exchange) {
    String nonce = random();
    exchange
        .getResponseHeaders()
        .put(
            CONTENT_SECURITY_POLICY,
            ("default-src 'none'; script-src 'self' 'nonce-%s'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'; require-trusted-types-for 'script';"
                    + " trusted-types 'none'")
                .formatted(nonce));
    return nonce;
  }

  /** A text that nobody guesses. */
  static String random() {
    byte[] bytes = new byte[24];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
