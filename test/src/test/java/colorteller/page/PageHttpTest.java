package colorteller.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.cli.RunningPage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page without a browser: what scripts use, and who is let in. */
class PageHttpTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static RunningPage running;

  @BeforeAll
  static void start() {
    running = RunningPage.of("dns");
  }

  @AfterAll
  static void end() {
    running.close();
  }

  @Test
  void theStateIsTheJsonOfLocalAndMore() throws Exception {
    JsonNode switched = JSON.readTree(running.post("api/stage", "{\"stage\": \"v6_only\"}").body());
    JsonNode state = running.state();
    assertThat(state.path("runs")).isEqualTo(switched.path("runs")).hasSize(1);
    assertThat(state.at("/runs/0/stage").asText()).isEqualTo("v6_only");
    assertThat(state.at("/runs/0/routes/0/observed/cause").asText()).isEqualTo("service-discovery");
    assertThat(texts(state.path("stages")))
        .containsExactly(
            "v4_only", "v4_preferred", "v6_only", "v6_preferred", "override", "custom", "none");
    assertThat(texts(state.path("requests")))
        .containsExactly("/red", "/orange", "/yellow", "/green", "/blue", "/purple");
    for (String family : List.of("ipv4", "ipv6")) {
      HttpResponse<String> purple =
          RunningPage.send(
              HttpRequest.newBuilder(
                  URI.create(state.path("gateway").path(family).asText() + "/purple")));
      assertThat(purple.body()).isEqualTo("purple");
    }
    assertThat(texts(state.at("/topology/nodes"), "kind"))
        .hasSize(14)
        .containsOnly("client", "gateway", "envoy", "application");
    // What the Envoys themselves report: purple has an address, red has none.
    Map<String, JsonNode> edges = new HashMap<>();
    state.at("/topology/edges").forEach(edge -> edges.put(edge.path("to").asText(), edge));
    assertThat(texts(edges.get("node/colorteller-purple-vn").path("families")))
        .containsOnly("IPv6");
    assertThat(texts(edges.get("node/colorteller-red-vn").path("families"))).isEmpty();
    assertThat(texts(edges.get("application/colorteller-green-vn").path("addresses")))
        .singleElement()
        .asString()
        .startsWith("[::1]:");
  }

  @Test
  void aStageOfOnesOwn() throws Exception {
    HttpResponse<String> answer =
        running.post(
            "api/stage",
            "{\"stage\": \"custom\", \"preferences\": {\"mesh\": \"IPv6_ONLY\", \"red\": \"IPv4_PREFERRED\"}}");
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode run = JSON.readTree(answer.body()).at("/runs/0");
    assertThat(run.path("preference").asText()).isEqualTo("IPv6_ONLY");
    assertThat(run.at("/routes/0/observed/outcome").asText()).isEqualTo("red");
    assertThat(run.at("/routes/1/observed/cause").asText()).isEqualTo("service-discovery");
    run.path("routes").forEach(route -> assertThat(route.path("matches").asBoolean()).isTrue());
    assertThat(running.state().path("preferences"))
        .isEqualTo(
            JSON.readTree(
                """
                {"mesh": "IPv6_ONLY", "red": "IPv4_PREFERRED", "orange": "none", "yellow": "none",
                 "green": "none", "blue": "none", "purple": "none"}
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"stage\": \"v5_only\"} | stage 'v5_only' is not allowed; allowed are v4_only",
        "{\"stage\": 5} | stage must be a text",
        "{} | stage must be a text",
        "[] | the body is no JSON object",
        "{\"stage\": | the body is not JSON",
        "{\"stage\": \"v6_only\"} x | the body is not JSON",
        "{\"stage\": \"none\", \"stage\": \"v6_only\"} | the body is not JSON: Duplicate field 'stage'",
        "{\"stage\": \"custom\", \"preferences\": {\"red\": \"none\", \"red\": \"IPv6_ONLY\"}} | the body is not JSON: Duplicate field 'red'",
        "{\"stage\": \"v6_only\", \"then\": 1} | field 'then' is unknown; allowed are stage, preferences",
        "{\"stage\": \"none\", \"preferences\": {}} | preferences are for stage 'custom', not 'none'",
        "{\"stage\": \"custom\", \"preferences\": []} | preferences must be an object",
        "{\"stage\": \"custom\", \"preferences\": {\"pink\": \"none\"}} | preferences of 'pink' are not allowed; allowed are mesh, red",
        "{\"stage\": \"custom\", \"preferences\": {\"red\": \"IPv5\"}} | red: 'IPv5' is not allowed; allowed are IPv4_PREFERRED, IPv6_PREFERRED, IPv4_ONLY, IPv6_ONLY, none",
      })
  void whatIsRefusedSaysWhy(String body, String why) throws Exception {
    JsonNode before = running.state();
    HttpResponse<String> answer = running.post("api/stage", body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("error").asText()).startsWith(why);
    assertThat(running.state()).isEqualTo(before);
  }

  @Test
  void onlyWhoHasTheTokenChangesSomething() throws Exception {
    JsonNode before = running.state();
    for (String path : List.of("api/stage", "api/traffic")) {
      for (String token : List.of("", "x", running.page().token() + "x")) {
        assertThat(order(path, "Content-Type", "application/json", Page.TOKEN_HEADER, token))
            .isEqualTo(403);
      }
      assertThat(order(path, "Content-Type", "application/json")).isEqualTo(403);
      // What a form of another page can send.
      assertThat(order(path, "Content-Type", "text/plain")).isEqualTo(403);
    }
    assertThat(
            running.post("api/stage", " ".repeat(70_000) + "{\"stage\": \"v6_only\"}").statusCode())
        .isEqualTo(413);
    assertThat(running.state()).isEqualTo(before);
  }

  @Test
  void theTokenIsEnough() throws Exception {
    assertThat(order("api/stage", Page.TOKEN_HEADER, running.page().token())).isEqualTo(200);
    assertThat(running.state().at("/runs/0/stage").asText()).isEqualTo("v6_only");
  }

  private static int order(String path, String... headers) throws Exception {
    return RunningPage.send(
            running
                .request(path, headers)
                .POST(BodyPublishers.ofString("{\"stage\": \"v6_only\"}")))
        .statusCode();
  }

  @Test
  void noOtherOriginIsLetIn() throws Exception {
    for (String path : List.of("", "api/state", "api/events", "page.js")) {
      assertThat(running.get(path, "Origin", "http://example.org").statusCode()).isEqualTo(403);
      assertThat(running.get(path, "Origin", "null").statusCode()).isEqualTo(403);
      assertThat(running.get(path, "Origin", "http://127.0.0.1:1").statusCode()).isEqualTo(403);
      for (String site : List.of("cross-site", "same-site")) {
        assertThat(
                running.get(path, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "no-cors").statusCode())
            .isEqualTo(403);
      }
      // A name of somebody else that leads to this address.
      assertThat(statusForHost(path, "rebound.example.org:" + running.page().port()))
          .isEqualTo(421);
      assertThat(statusForHost(path, "127.0.0.1")).isEqualTo(421);
    }
    assertThat(statusForHost("api/state", "localhost:" + running.page().port())).isEqualTo(200);
    // A link on another page leads to the page, and to nothing else.
    String[] visit = {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"};
    assertThat(running.get("", visit).statusCode()).isEqualTo(200);
    assertThat(running.get("api/state", visit).statusCode()).isEqualTo(403);
  }

  /** Whatever is refused says why in JSON. */
  @ParameterizedTest
  @CsvSource({
    "GET, nothing, Accept, text/html, 404, GET /nothing: Not Found",
    "DELETE, api/state, Accept, text/html, 405, DELETE /api/state: Method Not Allowed",
    "GET, api/stage, Accept, text/html, 405, GET /api/stage: Method Not Allowed",
    "POST, page.js, Accept, text/html, 405, POST /page.js: Method Not Allowed",
    "GET, api/state, Origin, null, 403, this is for pages of http://127.0.0.1:",
    "POST, api/stage, Accept, text/html, 403, X-Walkthrough-Token is missing or wrong"
  })
  void refusalsAreJson(
      String method, String path, String header, String value, int status, String why)
      throws Exception {
    HttpResponse<String> answer =
        RunningPage.send(
            running.request(path, header, value).method(method, BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(JSON.readTree(answer.body()).path("error").asText()).startsWith(why);
    assertThat(answer.headers().allValues("allow"))
        .containsExactlyElementsOf(
            status != 405 ? List.of() : List.of(path.equals("api/stage") ? "POST" : "GET, HEAD"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "api/state", "api/proxies/colorgateway-vg", "page.js", "api/events"})
  void headIsGetWithoutTheBody(String path) throws Exception {
    HttpResponse<String> head =
        RunningPage.send(running.request(path).method("HEAD", BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    HttpURLConnection get =
        (HttpURLConnection) running.request(path).build().uri().toURL().openConnection();
    assertThat(get.getContentType())
        .startsWith(head.headers().firstValue("content-type").orElseThrow());
    get.disconnect();
  }

  private static int statusForHost(String path, String host) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", running.page().port())) {
      socket
          .getOutputStream()
          .write(
              "GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(path, host)
                  .getBytes(StandardCharsets.US_ASCII));
      String first = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
      return Integer.parseInt(first.split(" ")[1]);
    }
  }

  @Test
  void itListensOnLoopbackOnly() throws Exception {
    List<InetAddress> others = new ArrayList<>(List.of(InetAddress.getByName("::1")));
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress())
        .forEach(others::add);
    for (InetAddress other : others) {
      assertThatThrownBy(() -> new Socket(other, running.page().port()).close())
          .as(other.toString())
          .isInstanceOf(ConnectException.class);
    }
  }

  /** All headers that tell a browser what it may do; what a security scanner asks for. */
  @Test
  void headers() throws Exception {
    Map<String, String> headers = new TreeMap<>();
    running.get("").headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
    headers.keySet().removeAll(Set.of("connection", "content-length", "date"));
    headers.replaceAll((name, value) -> value.replaceAll("nonce-[0-9a-f]{48}", "nonce-N"));
    assertThat(headers)
        .isEqualTo(
            Map.of(
                "cache-control", "no-store",
                "content-security-policy",
                    "default-src 'none'; script-src 'self' 'nonce-N'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
                "content-type", "text/html; charset=utf-8",
                "cross-origin-embedder-policy", "require-corp",
                "cross-origin-opener-policy", "same-origin",
                "cross-origin-resource-policy", "same-origin",
                "permissions-policy",
                    "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
                "referrer-policy", "no-referrer",
                "x-content-type-options", "nosniff",
                "x-frame-options", "DENY"));
    assertThat(nonce()).isNotEqualTo(nonce());
    assertThat(running.get("api/state").headers().firstValue("content-security-policy"))
        .hasValue("default-src 'none'; frame-ancestors 'none'");
    for (String path :
        List.of("nothing", "lib", "lib/", "../Page.class", "..%2fPage.class", "page.html")) {
      assertThat(running.get(path).statusCode()).as(path).isEqualTo(404);
    }
  }

  private static String nonce() throws Exception {
    return running.get("").headers().firstValue("content-security-policy").orElseThrow();
  }

  @Test
  void eventsTellWhatHappens() throws Exception {
    HttpResponse<java.util.stream.Stream<String>> events =
        HttpClient.newHttpClient()
            .send(
                running.request("api/events").timeout(Duration.ofSeconds(20)).build(),
                BodyHandlers.ofLines());
    running.post("api/stage", "{\"stage\": \"v4_only\"}");
    running.post("api/stage", "{\"stage\": \"v6_only\"}");
    Map<String, List<JsonNode>> told = new HashMap<>();
    String event = "";
    try (var lines = events.body()) {
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.startsWith("event:")) {
          event = line.substring("event:".length()).strip();
        } else if (line.startsWith("data:")) {
          JsonNode json = JSON.readTree(line.substring("data:".length()));
          told.computeIfAbsent(event, name -> new ArrayList<>()).add(json);
          if (json.path("phase").asText().equals("done")
              && json.path("stage").asText().equals("v6_only")) {
            break;
          }
        }
      }
    }
    assertThat(told.keySet()).containsExactlyInAnyOrder("state", "switch", "traffic");
    List<JsonNode> states = told.get("state");
    assertThat(states.get(states.size() - 1)).isEqualTo(running.state());
    assertThat(told.get("switch").stream().map(one -> one.path("phase").asText()))
        .containsExactly("switching", "done", "switching", "done");
    JsonNode change = told.get("switch").get(3);
    assertThat(change.path("convergedMillis").isNumber()).isTrue();
    assertThat(change.path("cells"))
        .contains(
            JSON.readTree(
                """
                {"request": "/red", "from": "colorgateway-vg", "gateway": "colorgateway-vg",
                 "path": "/red", "entry": "IPv4", "before": "red", "after": "discovery"}
                """));
    JsonNode gateway = change.path("proxies").get(0);
    assertThat(gateway.path("name").asText()).isEqualTo("colorgateway-vg");
    assertThat(gateway.path("changes"))
        .contains(
            JSON.readTree(
                """
                {"type": "clusters",
                 "resource": "cds_egress_app-mesh-ipv6-dns-mesh_colorteller-red-vn_http_9080",
                 "field": "dns_lookup_family", "before": "V4_ONLY", "after": "V6_ONLY"}
                """));
  }

  @Test
  void whatAnEnvoyIsTold() throws Exception {
    running.post("api/stage", "{\"stage\": \"override\"}");
    JsonNode proxy = JSON.readTree(running.get("api/proxies/colorgateway-vg").body());
    Map<String, JsonNode> resources = new HashMap<>();
    proxy
        .path("resources")
        .forEach(
            one -> resources.put(one.path("type").asText() + " " + one.path("name").asText(), one));
    JsonNode yellow =
        resources.get("clusters cds_egress_app-mesh-ipv6-dns-mesh_colorteller-yellow-vn_http_9080");
    assertThat(yellow.path("rule").asText())
        .isEqualTo(
            "IPv6_PREFERRED of colorteller-yellow-vn itself: DNS is asked for IPv6, else IPv4 (AUTO).");
    assertThat(texts(yellow.path("addresses"))).singleElement().asString().startsWith("127.0.0.1:");
    assertThat(yellow.at("/reported/name")).isEqualTo(yellow.at("/given/name"));
    assertThat(resources.get("listeners lds_egress_15001").path("rule").asText())
        .isEqualTo("IPv6_ONLY of the mesh: listeners bind IPv4 and IPv6.");
    proxy
        .path("resources")
        .forEach(one -> assertThat(one.path("reported").isNull()).as(one.toString()).isFalse());
    HttpResponse<String> nobody = running.get("api/proxies/nobody");
    assertThat(nobody.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(nobody.body()).path("error").asText())
        .startsWith("proxy 'nobody' is not in this mesh; allowed are colorgateway-vg, ");
  }

  /** Without JavaScript the table says what the JSON says. */
  @Test
  void theTableIsThereWithoutJavaScript() throws Exception {
    for (String stage : texts(running.state().path("stages"))) {
      running.post("api/stage", JSON.createObjectNode().put("stage", stage).toString());
      String html = running.get("").body();
      Matcher row =
          Pattern.compile(
                  "data-path=\"(.*?)\" data-gateway=\".*?\" data-outcome=\"(.*?)\" data-cause=\"(.*?)\""
                      + " data-outcome-ipv6=\"(.*?)\" data-cause-ipv6=\"(.*?)\"")
              .matcher(html);
      for (JsonNode route : running.state().at("/runs/0/routes")) {
        assertThat(row.find()).isTrue();
        assertThat(List.of(row.group(1), row.group(2), row.group(3), row.group(4), row.group(5)))
            .containsExactly(
                route.path("path").asText(),
                route.at("/observed/outcome").asText(),
                route.at("/observed/cause").asText("").replace("null", ""),
                route.at("/viaIpv6/outcome").asText(),
                route.at("/viaIpv6/cause").asText("").replace("null", ""));
        assertThat(html).contains(route.at("/expected/explanation").asText().replace("'", "&#39;"));
      }
      // Nothing that needs JavaScript looks as if it could be used.
      assertThat(html)
          .containsSubsequence(
              "<fieldset class=\"asks\" disabled>", "<button", "<select", "</fieldset>");
      assertThat(html)
          .contains("data-stage=\"%s\" aria-pressed=\"true\">%s</button>".formatted(stage, stage))
          .containsOnlyOnce("aria-pressed=\"true\"");
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  private static List<String> texts(JsonNode array, String field) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.path(field).asText()));
    return texts;
  }
}
