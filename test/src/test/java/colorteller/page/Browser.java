package colorteller.page;

import colorteller.acceptance.Command;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A headless Chromium; {@code browser.mjs} drives it. */
public final class Browser implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process node;
  private final BufferedWriter orders;
  private final BufferedReader answers;

  public Browser() throws IOException {
    node =
        new ProcessBuilder("node", "test/src/test/js/browser.mjs")
            .directory(Command.root().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    orders = node.outputWriter();
    answers = node.inputReader();
  }

  /** One page of it. */
  public final class Tab {

    private final String name;

    private Tab(String name) {
      this.name = name;
    }

    private JsonNode order(String what, Map<String, ?> more) throws IOException {
      ObjectNode order = JSON.createObjectNode().put("do", what).put("page", name);
      more.forEach((key, value) -> order.set(key, JSON.valueToTree(value)));
      return Browser.this.order(order);
    }

    /** The value of an expression in the page. */
    public JsonNode evaluate(String script) throws IOException {
      return order("evaluate", Map.of("script", script));
    }

    public String text(String script) throws IOException {
      return evaluate(script).asText();
    }

    /** Waits until an expression is true. */
    public void await(String script) throws IOException {
      order("await", Map.of("script", script));
    }

    public void press(String... keys) throws IOException {
      order("press", Map.of("keys", keys));
    }

    public void click(String selector) throws IOException {
      order("click", Map.of("selector", selector));
    }

    public void resize(int width, int height, String scheme) throws IOException {
      order("resize", Map.of("width", width, "height", height, "scheme", scheme));
    }

    /** What is seen, as PNG. */
    public void screenshot(String file, boolean whole) throws IOException {
      order("screenshot", Map.of("file", file, "whole", whole));
    }

    /** What axe-core finds wrong. */
    public List<String> accessibility() throws IOException {
      return texts(order("axe", Map.of()));
    }

    public void close() throws IOException {
      order("close", Map.of());
    }

    /** What the browser had to complain about. */
    public List<String> console() throws IOException {
      return texts(order("log", Map.of()).path("console"));
    }

    /** The URLs that it has asked for. */
    public List<String> requests() throws IOException {
      return texts(order("log", Map.of()).path("requests"));
    }
  }

  /** Opens a page of its own. */
  public Tab open(String name, String url, Map<String, ?> more) throws IOException {
    Tab tab = new Tab(name);
    Map<String, Object> options = new LinkedHashMap<>(more);
    options.put("url", url);
    tab.order("open", options);
    return tab;
  }

  private JsonNode order(ObjectNode order) throws IOException {
    orders.write(order + "\n");
    orders.flush();
    String line = answers.readLine();
    if (line == null) {
      throw new AssertionError("the browser has ended at " + order);
    }
    JsonNode answer = JSON.readTree(line);
    if (answer.has("error")) {
      throw new AssertionError("%s: %s".formatted(order, answer.path("error").asText()));
    }
    return answer.path("value");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  @Override
  public void close() throws IOException {
    orders.close();
    try {
      node.onExit().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      node.descendants().forEach(ProcessHandle::destroyForcibly);
      node.destroyForcibly();
      throw new AssertionError("the browser does not end", e);
    }
  }
}
