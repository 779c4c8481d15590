package colorteller.page;

import static java.util.stream.Collectors.joining;

import colorteller.local.Session;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.handlers.PathTemplateHandler;
import io.undertow.server.handlers.resource.ClassPathResourceManager;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page of a session, on 127.0.0.1: HTML for people, JSON for scripts, and events for
 * both. Who wants to change something sends the token.
 */
public final class Page implements AutoCloseable {

  /** The header with the token. */
  public static final String TOKEN_HEADER = "X-Walkthrough-Token";

  /**
   * What somebody with the token can ask for beside stages, by a word that says what exactly. It
   * throws {@link UnusableRequest} for one that is not allowed.
   */
  public interface Order {
    JsonNode carryOut(String word);
  }

  private static final long BODY_LIMIT_BYTES = 64 * 1024;
  private static final List<HttpString> READ = List.of(Methods.GET, Methods.HEAD);
  private static final List<HttpString> POST = List.of(Methods.POST);

  private final Session session;
  private final Stages stages;
  private final String token = Guard.random();
  private final Events events = new Events();
  private final Traffic traffic;
  private final PathTemplateHandler paths = Handlers.pathTemplate();
  private final Undertow server;
  private volatile Scenario switchingTo;
  private volatile State before;
  private volatile State state;
  private volatile boolean settled = true;
  private volatile @Nullable String failure;

  /**
   * Starts to listen.
   *
   * @param session what runs
   * @param stages what it can be switched to
   * @param first the stage that runs
   * @param observed what its requests gave
   * @param orders what else can be asked for, by name
   */
  public Page(
      Session session, Stages stages, Scenario first, Run observed, Map<String, Order> orders) {
    this.session = session;
    this.stages = stages;
    state = State.of(session, first, observed);
    before = state;
    switchingTo = first;
    traffic = new Traffic(session.local().network(), events, first);
    Control control = new Control(session, stages, traffic, token);
    read("/", this::html);
    read("/api/state", exchange -> Json.send(exchange, StatusCodes.OK, json()));
    read("/api/proxies/{name}", new BlockingHandler(this::proxy));
    HttpHandler joining = Handlers.serverSentEvents((c, lastId) -> join(c));
    read(
        "/api/events",
        exchange -> {
          if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
            exchange.endExchange();
          } else {
            joining.handleRequest(exchange);
          }
        });
    HttpHandler files =
        Handlers.resource(
            new ClassPathResourceManager(Page.class.getClassLoader(), PageHtml.FILES));
    PageHtml.SERVED.forEach(file -> read("/" + file, files));
    Map<String, Control.Order> all = new LinkedHashMap<>();
    all.put("stage", control::stage);
    all.put("traffic", control::traffic);
    orders.forEach((name, order) -> all.put(name, Control.order(name, order)));
    all.forEach(
        (name, order) ->
            paths.add("/api/" + name, only(POST, new BlockingHandler(control.guarded(order)))));
    server =
        Undertow.builder()
            .addHttpListener(0, IpFamily.IPV4.loopback(), new Guard(paths))
            .setIoThreads(2)
            .setWorkerThreads(16)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, BODY_LIMIT_BYTES)
            .build();
    server.start();
    session.listen(this::hear);
  }

  /**
   * Answers who only wants to know; of what {@code HEAD} asks for, the server leaves out the body.
   */
  private void read(String path, HttpHandler handler) {
    paths.add(path, only(READ, handler));
  }

  private static HttpHandler only(List<HttpString> methods, HttpHandler handler) {
    return exchange -> {
      if (methods.contains(exchange.getRequestMethod())) {
        handler.handleRequest(exchange);
      } else {
        exchange
            .getResponseHeaders()
            .put(Headers.ALLOW, methods.stream().map(HttpString::toString).collect(joining(", ")));
        exchange.setStatusCode(StatusCodes.METHOD_NOT_ALLOWED).endExchange();
      }
    };
  }

  /** The port that it listens at. */
  public int port() {
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  /** What a request that changes something has in its header {@link #TOKEN_HEADER}. */
  public String token() {
    return token;
  }

  /** Where a browser finds it. */
  public String url() {
    return "http://%s:%d/".formatted(IpFamily.IPV4.loopback(), port());
  }

  private void hear(Session.Event event) {
    if (event instanceof Session.Event.Switching switching) {
      before = state;
      switchingTo = switching.to();
      traffic.switchingTo(switching.to());
      tell("switch", about("switching", switching.to()));
    } else if (event instanceof Session.Event.Requested requested) {
      // The picture need not wait for health checks.
      settled = false;
      state = State.of(session, switchingTo, requested.run());
      tell("state", json());
    } else if (event instanceof Session.Event.Observed observed) {
      settled = true;
      state = state.with(observed.run());
      tell("state", json());
      tell("switch", done(new Change(before, state)));
    } else if (event instanceof Session.Event.Failed failed) {
      failure = failed.why();
      tell("switch", about("failed", switchingTo).put("failure", failed.why()));
      tell("state", json());
    }
  }

  private static ObjectNode about(String phase, Scenario stage) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("phase", phase)
        .put("stage", stage.stage().orElse(null));
  }

  private static ObjectNode done(Change change) {
    ObjectNode json = about("done", change.after().scenario());
    json.put("from", change.before().run().label());
    change
        .after()
        .run()
        .converged()
        .map(Duration::toMillis)
        .ifPresent(millis -> json.put("convergedMillis", millis));
    json.set("cells", change.cells());
    json.set("proxies", change.proxies());
    return json;
  }

  private void tell(String event, ObjectNode json) {
    events.send(event, json.toString());
  }

  private ObjectNode json() {
    return StateJson.of(state, stages, Optional.ofNullable(failure)).put("settled", settled);
  }

  private void join(ServerSentEventConnection connection) {
    events.add(
        connection,
        () -> {
          Map<String, String> first = new LinkedHashMap<>();
          first.put("state", json().toString());
          first.put("traffic", traffic.json().toString());
          return first;
        });
  }

  private void html(HttpServerExchange exchange) {
    String nonce = Guard.allowPage(exchange);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/html; charset=utf-8");
    exchange.getResponseSender().send(PageHtml.served(state, stages, json(), nonce, token));
  }

  private void proxy(HttpServerExchange exchange) {
    String name = Objects.requireNonNull(exchange.getQueryParameters().get("name")).getFirst();
    Proxies proxies = new Proxies(state, session);
    Optional<ProxyId> proxy = proxies.named(name);
    if (proxy.isPresent()) {
      Json.answer(exchange, () -> proxies.json(proxy.get()));
    } else {
      Json.refuse(
          exchange,
          StatusCodes.NOT_FOUND,
          "proxy '%s' is not in this mesh; allowed are %s"
              .formatted(name, String.join(", ", proxies.names())));
    }
  }

  @Override
  public void close() {
    traffic.close();
    events.close();
    server.stop();
  }
}
