package colorteller.page;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.acceptance.Matrix;
import colorteller.cli.RunningPage;
import colorteller.cli.report.TableReport;
import colorteller.local.Break;
import colorteller.local.MeshFailure;
import colorteller.mesh.Mesh;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Templates;
import colorteller.mesh.template.WorkloadsFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Help.Ansi;

/** The page in a real browser, of real Envoys. */
class PageBrowserTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROWS =
      "[...document.querySelectorAll('[data-path]')].map(row => ({...row.dataset}))";
  private static final Map<String, String> CAUSES =
      Map.of("disc", "service-discovery", "bind", "listener", "app", "application");
  private static final Map<String, String> WORDS =
      Map.of(
          "service-discovery", "discovery", "listener", "listener", "application", "application");

  /** Whether a stage can be chosen. */
  private static final String OFFERED =
      "[...document.querySelectorAll('button, select')].every(e => !e.matches(':disabled'))";

  private static final Path OWN_MESH =
      Path.of("src/control-plane/src/test/resources/testdata/in/router-and-backends.yaml");

  private static Browser browser;
  private static RunningPage dns;
  private final List<Browser.Tab> tabs = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    browser = new Browser();
    dns = RunningPage.of("dns");
  }

  @AfterAll
  static void end() throws Exception {
    dns.close();
    browser.close();
  }

  private Browser.Tab open(RunningPage running, Map<String, ?> options) throws Exception {
    Browser.Tab tab = browser.open("tab " + tabs.size(), running.url(), options);
    tabs.add(tab);
    return tab;
  }

  private Browser.Tab open(RunningPage running) throws Exception {
    Browser.Tab tab = open(running, Map.of());
    tab.await("document.querySelector('#canvas svg') !== null");
    return tab;
  }

  /** Whatever a test did: nothing was complained of, and nothing asked of anybody else. */
  @AfterEach
  void quiet() throws Exception {
    for (Browser.Tab tab : tabs) {
      assertThat(tab.console()).isEmpty();
      String origin = tab.text("location.origin");
      assertThat(tab.requests()).isNotEmpty().allMatch(url -> url.startsWith(origin + "/"));
      tab.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  void everyStage(String variant) throws Exception {
    if (variant.equals("dns")) {
      everyStage(variant, dns);
    } else {
      try (RunningPage cloud = RunningPage.of("cloud")) {
        everyStage(variant, cloud);
      }
    }
  }

  private void everyStage(String variant, RunningPage running) throws Exception {
    Browser.Tab tab = open(running);
    Map<String, List<String>> seen = new TreeMap<>();
    for (JsonNode name : running.state().path("stages")) {
      String stage = name.asText();
      tab.click("button[data-stage=%s]".formatted(stage));
      awaitStage(tab, stage);
      JsonNode state = running.state();
      assertThat(state.at("/runs/0/stage").asText()).isEqualTo(stage);
      assertThat(tab.text("document.querySelector('[aria-pressed=true]').textContent"))
          .isEqualTo(stage);
      List<String> row = new ArrayList<>();
      JsonNode rows = tab.evaluate(ROWS);
      assertThat(rows).hasSize(6);
      for (int i = 0; i < rows.size(); i++) {
        JsonNode route = state.at("/runs/0/routes").path(i);
        equal(rows.path(i), route);
        row.add(cell(rows.path(i)));
      }
      seen.put(variant + " " + stage, row);
      for (String family : List.of("IPv4", "IPv6")) {
        tab.click("input[name=entry][value=%s]".formatted(family));
        thePictureSays(tab, state, family);
      }
    }
    assertThat(seen).hasSize(7);
    Matrix.ROWS.forEach(
        (stage, row) -> {
          if (stage.startsWith(variant)) {
            assertThat(seen.get(stage)).as(stage).isEqualTo(row);
          }
        });
  }

  private static void awaitStage(Browser.Tab tab, String stage) throws Exception {
    tab.await("document.getElementById('stage').textContent === '%s'".formatted(stage));
    tab.await("document.getElementById('said').textContent.startsWith('%s:')".formatted(stage));
  }

  private static void equal(JsonNode row, JsonNode route) {
    assertThat(row.path("path").asText()).isEqualTo(route.path("path").asText());
    assertThat(row.path("outcome").asText()).isEqualTo(route.at("/observed/outcome").asText());
    assertThat(row.path("cause").asText()).isEqualTo(text(route.at("/observed/cause")));
    assertThat(row.path("outcomeIpv6").asText()).isEqualTo(route.at("/viaIpv6/outcome").asText());
    assertThat(row.path("causeIpv6").asText()).isEqualTo(text(route.at("/viaIpv6/cause")));
  }

  private static String text(JsonNode node) {
    return node.isNull() ? "" : node.asText();
  }

  private static String cell(JsonNode row) {
    String color = row.path("path").asText().substring(1);
    return row.path("outcome").asText().equals("error")
        ? CAUSES.entrySet().stream()
            .filter(cause -> cause.getValue().equals(row.path("cause").asText()))
            .map(cause -> color + ":" + cause.getKey())
            .findFirst()
            .orElseThrow()
        : row.path("outcome").asText();
  }

  /** Each way goes through, or ends with a badge that names the cause. */
  private static void thePictureSays(Browser.Tab tab, JsonNode state, String family)
      throws Exception {
    List<String> expected = new ArrayList<>();
    for (JsonNode route : state.at("/runs/0/routes")) {
      JsonNode observed = route.path(family.equals("IPv4") ? "observed" : "viaIpv6");
      expected.add(
          "%s: %s"
              .formatted(
                  route.path("path").asText(),
                  observed.path("outcome").asText().equals("error")
                      ? "ends at " + WORDS.get(observed.path("cause").asText())
                      : "answered " + observed.path("outcome").asText()));
    }
    List<String> said = new ArrayList<>();
    tab.evaluate(
            "[...document.querySelectorAll('#canvas .way')].map(way => way.getAttribute('aria-label'))")
        .forEach(label -> said.add(label.asText()));
    assertThat(said).isEqualTo(expected);
    List<String> badges = new ArrayList<>();
    tab.evaluate("[...document.querySelectorAll('#canvas .badge text')].map(t => t.textContent)")
        .forEach(badge -> badges.add(badge.asText()));
    assertThat(badges.isEmpty()).isEqualTo(expected.stream().noneMatch(s -> s.contains("ends at")));
    assertThat(
            expected.stream().filter(s -> s.contains("ends at")).map(s -> s.split("ends at ")[1]))
        .allMatch(badges::contains);
  }

  @Test
  void aStageOfOnesOwnByKeyboardAlone() throws Exception {
    dns.post("api/stage", "{\"stage\": \"v4_only\"}");
    Browser.Tab tab = open(dns);
    while (!tab.text("document.activeElement.tagName").equals("SUMMARY")) {
      tab.press("Tab");
    }
    tab.press("Enter", "Tab");
    assertThat(tab.text("document.activeElement.name")).isEqualTo("mesh");
    // IPv4_ONLY is chosen; the next one is IPv6_ONLY.
    tab.press("ArrowDown");
    awaitStage(tab, "custom");
    // For red: no preference is chosen; the first one is IPv4_PREFERRED.
    tab.press("Tab", "Home");
    tab.await("document.querySelector('[data-path=\"/red\"]').dataset.outcome === 'red'");
    assertThat(dns.state().path("preferences").path("mesh").asText()).isEqualTo("IPv6_ONLY");
    assertThat(dns.state().path("preferences").path("red").asText()).isEqualTo("IPv4_PREFERRED");
    assertThat(tab.text("document.querySelector('[data-path=\"/orange\"]').dataset.cause"))
        .isEqualTo("service-discovery");
    // The picture is one stop of Tab; the arrow keys lead through it, and the panel follows.
    tab.evaluate("document.querySelector('#canvas [tabindex=\"0\"]').focus()");
    tab.press("Home");
    assertThat(tab.text("document.querySelector('#details h3').textContent")).isEqualTo("/red");
    tab.press("ArrowDown");
    assertThat(tab.text("document.getElementById('details').textContent"))
        .contains("/orange", "discovery", "the gateway has no address to send to", "no address");
    tab.press("End");
    assertThat(tab.text("document.querySelector('#details p').textContent"))
        .isEqualTo("application of the virtual node");
  }

  @Test
  void liveTrafficThroughTenSwitches() throws Exception {
    dns.post("api/stage", "{\"stage\": \"v4_only\"}");
    Browser.Tab tab = open(dns);
    Map<String, Long> before = answered(dns);
    tab.click("#traffic-toggle");
    tab.await("document.querySelectorAll('.strip').length === 6");
    for (int i = 0; i < 10; i++) {
      String stage = i % 2 == 0 ? "v6_only" : "v4_only";
      tab.click("button[data-stage=%s]".formatted(stage));
      awaitStage(tab, stage);
    }
    tab.click("#traffic-toggle");
    tab.await("document.getElementById('traffic-toggle').getAttribute('aria-pressed') === 'false'");
    JsonNode strips =
        tab.evaluate("[...document.querySelectorAll('.strip')].map(strip => ({...strip.dataset}))");
    long seenAnswered = 0;
    long seenFailed = 0;
    for (JsonNode strip : strips) {
      seenAnswered += strip.path("answered").asLong();
      seenFailed += strip.path("failed").asLong();
    }
    assertThat(seenAnswered).isGreaterThan(6);
    assertThat(seenFailed).isGreaterThan(6);
    // Beside them, each switch asks for six colours through two addresses: of v6_only two are
    // answered, of v4_only four.
    Map<String, Long> after = answered(dns);
    assertThat(after.get("2xx") - before.get("2xx"))
        .isEqualTo(seenAnswered + 5 * 2 * 2 + 5 * 4 * 2);
    assertThat(after.get("5xx") - before.get("5xx")).isEqualTo(seenFailed + 5 * 4 * 2 + 5 * 2 * 2);
  }

  /** What a switch does to requests that are under way is explained where it is counted. */
  @Test
  void aRequestWithoutAnAnswerIsExplained() throws Exception {
    Browser.Tab tab = open(dns);
    for (boolean unanswered : List.of(true, false)) {
      // At once, before the server tells of its own traffic.
      JsonNode shown =
          tab.evaluate(
              """
              import('page/traffic').then(({ showTraffic }) => {
                showTraffic({
                  on: false, whole: true, now: Date.now(), samples: [], switches: [],
                  counts: [{ request: '/red', gateway: 'colorgateway-vg', path: '/red', answered: { 200: 4 },
                             failed: { 503: 2%s } }]});
                return { counts: document.querySelector('.counts').textContent,
                         hidden: document.getElementById('no-answer').hidden };
              })
              """
                  .formatted(unanswered ? ", 'no answer': 1" : ""));
      assertThat(shown.path("counts").asText())
          .isEqualTo(
              unanswered
                  ? "4 answered, 3 failed (503: 2, no answer: 1*)"
                  : "4 answered, 2 failed (503: 2)");
      assertThat(shown.path("hidden").asBoolean()).isEqualTo(!unanswered);
    }
  }

  /** How many requests from outside the gateway's Envoy says that it has answered how. */
  private static Map<String, Long> answered(RunningPage running) throws Exception {
    String admin =
        running.session().local().network().envoys().adminUrls().entrySet().stream()
            .filter(proxy -> proxy.getKey().name().equals("colorgateway-vg"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    String statistics =
        RunningPage.send(
                HttpRequest.newBuilder(
                    URI.create(admin + "/stats?filter=http.ingress.downstream_rq_.xx")))
            .body();
    Map<String, Long> result = new LinkedHashMap<>();
    statistics
        .lines()
        .map(line -> line.split("downstream_rq_|: "))
        .forEach(words -> result.put(words[1], Long.parseLong(words[2])));
    return result;
  }

  @Test
  void severalAtOnce() throws Exception {
    Browser.Tab one = open(dns);
    Browser.Tab two = open(dns);
    one.click("button[data-stage=v6_preferred]");
    awaitStage(two, "v6_preferred");
    assertThat(two.evaluate(ROWS)).isEqualTo(one.evaluate(ROWS));
    // As ./walkthrough switch does.
    dns.post("api/stage", "{\"stage\": \"override\"}");
    for (Browser.Tab tab : List.of(one, two)) {
      awaitStage(tab, "override");
      assertThat(tab.text("document.getElementById('changes').textContent"))
          .contains("v6_preferred → override", "/red through IPv4, IPv6: application → red")
          .contains("colorteller-red-vn: ");
    }
  }

  /** Who switches sees it at once, even where events are late. */
  @Test
  void aSwitchWithoutEvents() throws Exception {
    dns.post("api/stage", "{\"stage\": \"v4_only\"}");
    Browser.Tab tab = open(dns);
    // A page that nobody sees does not follow events.
    tab.evaluate("Object.defineProperty(document, 'hidden', { value: true })");
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    tab.click("button[data-stage=v6_only]");
    tab.await("document.getElementById('stage').textContent === 'v6_only'");
    thePictureSays(tab, dns.state(), "IPv4");
  }

  @Test
  void anEnvoyThatDies() throws Exception {
    try (RunningPage broken = RunningPage.of("dns")) {
      Browser.Tab tab = open(broken);
      Break.envoy(
          broken.session().local(),
          broken.mesh().nodes().values().stream().skip(2).findFirst().orElseThrow());
      String said = "";
      try {
        broken.session().supervise();
      } catch (MeshFailure e) {
        said = e.getMessage();
      }
      assertThat(said).matches("The Envoy of \\S+/colorteller-.* ended with status \\d+\\.");
      tab.await("!document.getElementById('failure').hidden");
      assertThat(tab.text("document.querySelector('[role=alert]').textContent")).isEqualTo(said);
      // Also for who comes later.
      assertThat(broken.get("").body()).contains(said);
      assertThat(tab.evaluate(OFFERED).asBoolean()).isFalse();
    }
  }

  @Test
  void aPageWhoseServerHasEnded() throws Exception {
    RunningPage ended = RunningPage.of("dns");
    Browser.Tab tab = browser.open("ended", ended.url(), Map.of());
    try (ended) {
      tab.await("document.querySelector('#canvas svg') !== null");
      assertThat(tab.evaluate(OFFERED).asBoolean()).isTrue();
    }
    tab.await("!document.getElementById('connection').hidden");
    assertThat(tab.evaluate(OFFERED).asBoolean()).isFalse();
    // Who was quicker than the news.
    tab.evaluate("document.querySelectorAll('.asks').forEach(asks => asks.disabled = false)");
    tab.click("button[data-stage=none]");
    tab.await("document.getElementById('said').textContent !== ''");
    assertThat(tab.text("document.getElementById('said').textContent"))
        .isEqualTo("not connected: ./walkthrough up has ended, or this machine slept");
    // The browser itself complains of the connection.
    tab.close();
  }

  @Test
  void anyProxy() throws Exception {
    dns.post("api/stage", "{\"stage\": \"v6_only\"}");
    Browser.Tab tab = open(dns);
    tab.click("#canvas [data-key='node/colorteller-green-vn']");
    tab.await("document.querySelectorAll('#resources details').length > 3");
    assertThat(tab.text("document.getElementById('proxy').value"))
        .isEqualTo("colorteller-green-vn");
    tab.click("#search");
    tab.press("c", "d", "s", "_", "i", "n", "g");
    tab.await("/^[1-9] of/.test(document.getElementById('found').textContent)");
    tab.await("document.querySelectorAll('#resources mark').length > 0");
    assertThat(tab.text("document.getElementById('resources').textContent"))
        .contains(
            "IPv6_ONLY, from the mesh for colorteller-green-vn: the application is looked for at ::1.")
        .contains("Addresses now: [::1]:");
  }

  @Test
  void withoutJavaScript() throws Exception {
    dns.post("api/stage", "{\"stage\": \"v6_only\"}");
    Browser.Tab tab = open(dns, Map.of("javascript", false));
    JsonNode rows = tab.evaluate(ROWS);
    for (int i = 0; i < rows.size(); i++) {
      equal(rows.path(i), dns.state().at("/runs/0/routes").path(i));
    }
    assertThat(tab.text("document.querySelector('[data-path=\"/red\"]').innerText"))
        .contains("discovery", "so the gateway has no address to send to");
    assertThat(tab.evaluate("document.getElementById('picture').hidden").asBoolean()).isTrue();
    assertThat(tab.evaluate(OFFERED).asBoolean()).isFalse();
    assertThat(tab.text("document.querySelector('noscript').innerText")).contains("switch NAME");
  }

  @Test
  void everybodyCanUseIt() throws Exception {
    dns.post("api/stage", "{\"stage\": \"none\"}");
    Browser.Tab tab = open(dns);
    dns.post("api/stage", "{\"stage\": \"v6_only\"}");
    awaitStage(tab, "v6_only");
    tab.click("#traffic-toggle");
    tab.click("#canvas [data-key='gateway/colorgateway-vg']");
    tab.await("document.querySelectorAll('#resources details').length > 3");
    tab.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)");
    tab.await("document.querySelectorAll('.strip').length === 6");
    tab.click("#traffic-toggle");
    for (int width : List.of(360, 1024, 2560)) {
      tab.resize(width, 900, width == 1024 ? "dark" : "light");
      tab.await("document.querySelector('#canvas svg') !== null");
      assertThat(tab.accessibility()).as("%d pixels wide", width).isEmpty();
      // Nothing makes the page scroll sideways.
      assertThat(tab.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(width);
    }
  }

  /** What a page of another origin tries, while this one is open in the same browser. */
  @Test
  void anotherOriginIsRefused() throws Exception {
    JsonNode before = dns.state();
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] html = "<!doctype html><title>other</title>".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, html.length);
          exchange.getResponseBody().write(html);
          exchange.close();
        });
    other.start();
    try {
      Browser.Tab tab =
          browser.open(
              "other", "http://127.0.0.1:%d/".formatted(other.getAddress().getPort()), Map.of());
      String token = dns.page().token();
      for (String attempt :
          List.of(
              "fetch('%sapi/state').then(r => r.text())",
              "fetch('%s').then(r => r.text())",
              "fetch('%sapi/stage', {method: 'POST', headers: {'Content-Type': 'application/json', 'X-Walkthrough-Token': '"
                  + token
                  + "'}, body: '{\"stage\": \"none\"}'}).then(r => r.text())",
              "fetch('%sapi/stage', {method: 'POST', mode: 'no-cors', body: '{\"stage\": \"none\"}'}).then(r => r.text().then(t => { if (!t) throw r.type; return t; }))",
              "import('%sproxies.js')",
              "new Promise((yes, no) => { const e = new EventSource('%sapi/events'); e.onopen = yes; e.onerror = no; })",
              "new Promise((yes, no) => { const s = document.createElement('script'); s.src = '%spage.js'; s.onload = yes; s.onerror = no; document.head.append(s); })",
              "new Promise((yes, no) => { const i = new Image(); i.src = '%sicon.svg'; i.onload = yes; i.onerror = no; })")) {
        assertThat(
                tab.text(
                    "(%s).then(() => 'let in', () => 'refused')"
                        .formatted(attempt.formatted(dns.url()))))
            .as(attempt)
            .isEqualTo("refused");
      }
      assertThat(
              tab.text(
                  """
                  new Promise(done => {
                    const frame = document.createElement('iframe');
                    frame.onload = () => {
                      try { done(frame.contentDocument ? 'empty' : 'closed'); } catch { done('closed'); }
                    };
                    frame.src = '%s';
                    document.body.append(frame);
                  })
                  """
                      .formatted(dns.url())))
          .isEqualTo("closed");
    } finally {
      other.stop(0);
    }
    assertThat(dns.state()).isEqualTo(before);
  }

  /** {@code docs/run.html} is such a file: -Dupdate-golden=true writes it anew. */
  @Test
  void aRunInOneFile(@TempDir Path folder) throws Exception {
    Command.Result run = Command.walkthrough("local", "--variant", "dns", "--format", "html");
    assertThat(run.status()).as(run.err()).isZero();
    Path written = Files.writeString(folder.resolve("run.html"), run.out());
    Path kept = Command.root().resolve("docs/run.html");
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(kept, run.out());
    }
    for (Path file : List.of(written, kept)) {
      Browser.Tab tab = browser.open("file", file.toUri().toString(), Map.of());
      tab.await("document.querySelector('#canvas svg') !== null");
      JsonNode states = tab.evaluate("JSON.parse(document.getElementById('state').textContent)");
      Map<String, List<String>> seen = new TreeMap<>();
      for (JsonNode state : states) {
        String stage = state.at("/runs/0/stage").asText();
        tab.click("button[data-stage=%s]".formatted(stage));
        assertThat(tab.text("document.querySelector('caption').textContent"))
            .startsWith("Variant dns, stage %s. Observed".formatted(stage));
        assertThat(tab.text("document.getElementById('said').textContent"))
            .isEqualTo("Variant dns, stage %s.".formatted(stage));
        JsonNode rows = tab.evaluate(ROWS);
        List<String> row = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
          equal(rows.path(i), state.at("/runs/0/routes").path(i));
          row.add(cell(rows.path(i)));
        }
        seen.put("dns " + stage, row);
        thePictureSays(tab, state, "IPv4");
      }
      assertThat(seen).hasSize(7);
      Matrix.ROWS.forEach(
          (stage, row) -> {
            if (stage.startsWith("dns")) {
              assertThat(seen.get(stage)).as(stage).isEqualTo(row);
            }
          });
      assertThat(tab.accessibility()).isEmpty();
      assertThat(tab.console()).isEmpty();
      assertThat(tab.requests())
          .filteredOn(url -> !url.startsWith("data:"))
          .containsExactly(file.toUri().toString());
      tab.close();
    }
    Browser.Tab plain =
        browser.open("plain", written.toUri().toString(), Map.of("javascript", false));
    assertThat(plain.text("document.querySelector('caption').innerText"))
        .startsWith("Variant dns, stage v4_only.");
    assertThat(texts(plain.evaluate("[...document.querySelectorAll('h3')].map(h => h.innerText)")))
        .hasSize(6)
        .first()
        .isEqualTo("Variant dns, stage v4_preferred, preference IPv4_PREFERRED");
    plain.close();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  /**
   * A mesh of another shape: a node that sends to others, by several hosts and the same path. Each
   * request has the name that a terminal shows.
   */
  @Test
  void somebodysOwnMesh() throws Exception {
    Mesh mesh = MeshReader.read(Templates.read(List.of(OWN_MESH), Map.of()));
    Scenario scenario =
        new Scenario(Optional.empty(), Optional.empty(), mesh, WorkloadsFile.defaults(mesh));
    try (RunningPage own = RunningPage.of(List.of(scenario))) {
      Browser.Tab tab = open(own);
      assertThat(
              tab.text(
                  "[...document.querySelectorAll('#canvas .box')].map(b => b.dataset.id).sort().join()"))
          .isEqualTo(
              "application/blue,application/front,application/red,client,gateway/gateway,node/blue,node/front,node/red");
      String table = TableReport.of(List.of(scenario.expected()), Ansi.OFF);
      List<String> names = texts(own.state().path("requests"));
      assertThat(names)
          .contains(
              "gateway /red",
              "front → both.mesh.local:80 /",
              "front → red.mesh.local:9080 /",
              "gateway /blu, which misses to-blue")
          .doesNotHaveDuplicates()
          .allMatch(table::contains);
      assertThat(
              texts(
                  tab.evaluate(
                      "[...document.querySelectorAll('#rows th')].map(row => row.innerText)")))
          .isEqualTo(names);
      assertThat(
              texts(
                  tab.evaluate(
                      "[...document.querySelectorAll('#canvas .way')].map(w => w.getAttribute('aria-label'))")))
          .hasSameSizeAs(names)
          .contains("front → both.mesh.local:80 /blue: answered blue");
      assertThat(
              tab.evaluate(
                  "[...document.querySelectorAll('#rows tr')].map(row => row.dataset.gateway)"))
          .containsOnly(TextNode.valueOf("gateway"), TextNode.valueOf(""));
      for (String family : List.of("IPv4", "IPv6")) {
        tab.click("input[name=traffic-family][value=%s]".formatted(family));
        tab.click("#traffic-toggle");
        tab.await(
            """
            document.getElementById('traffic-toggle').getAttribute('aria-pressed') === 'true' &&
            (strips => strips.length === 6 && strips.every(s => s.dataset.answered > 0 && s.dataset.failed == 0))
              ([...document.querySelectorAll('.strip')])
            """);
        tab.click("#traffic-toggle");
        tab.await(
            "document.getElementById('traffic-toggle').getAttribute('aria-pressed') === 'false'");
      }
      assertThat(
              texts(
                  tab.evaluate(
                      "[...document.querySelectorAll('.strip h3')].map(h => h.innerText)")))
          .isEqualTo(names.subList(0, 6));
      assertThat(tab.accessibility()).isEmpty();
      quiet();
      tabs.clear();
    }
  }

  /** The README's picture is this one: -Dupdate-golden=true takes it anew. */
  @Test
  void aPicture(@TempDir Path folder) throws Exception {
    dns.post("api/stage", "{\"stage\": \"v4_only\"}");
    Browser.Tab tab = open(dns, Map.of("width", 1280, "height", 800));
    dns.post("api/stage", "{\"stage\": \"v6_only\"}");
    awaitStage(tab, "v6_only");
    tab.evaluate(
        "document.querySelector('#canvas .way.ends').dispatchEvent(new Event('pointerenter'))");
    Path kept = Command.root().resolve("docs/page.png");
    Path taken = Boolean.getBoolean("update-golden") ? kept : folder.resolve("page.png");
    tab.screenshot(taken.toString(), false);
    assertThat(taken).isNotEmptyFile();
    assertThat(kept).isNotEmptyFile();
    assertThat(Files.size(taken)).isBetween(Files.size(kept) / 2, Files.size(kept) * 2);
  }
}
