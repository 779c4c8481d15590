package colorteller.account;

import colorteller.deployment.CustomResource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The functions of stacks, each as Lambda runs it: the package that is deployed, in a process of
 * its own. CloudFormation's side of a custom resource is here as well.
 */
public final class Functions implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ANSWER_SECONDS = 60;

  private static final String MODULE = "POWERTOOLS_SERVICE_NAME";

  private final Path root;
  private final HttpServer cloudFormation;
  private final Map<String, FunctionProcess> byModule = new HashMap<>();
  private volatile @Nullable CompletableFuture<JsonNode> answer;

  /**
   * None runs yet.
   *
   * @param root the project's folder, whose functions are packaged
   */
  public Functions(Path root) {
    this.root = root;
    try {
      cloudFormation =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AccountFailure("no server can listen on loopback: " + e.getMessage());
    }
    cloudFormation.createContext(
        "/",
        exchange -> {
          try (exchange) {
            JsonNode body = JSON.readTree(exchange.getRequestBody());
            exchange.sendResponseHeaders(200, -1);
            Optional.ofNullable(answer).ifPresent(waiting -> waiting.complete(body));
          }
        });
    cloudFormation.start();
  }

  /**
   * Creates a custom resource.
   *
   * @param environment of its function
   * @throws AccountFailure if the function answers that it cannot, or does not answer
   */
  void create(CustomResource resource, Map<String, String> environment) {
    CompletableFuture<JsonNode> answered = new CompletableFuture<>();
    answer = answered;
    ObjectNode event =
        JSON.createObjectNode()
            .put("RequestType", "Create")
            .put(
                "ResponseURL",
                "http://127.0.0.1:%d/answer".formatted(cloudFormation.getAddress().getPort()))
            .put("StackId", "stack")
            .put("RequestId", resource.name())
            .put("LogicalResourceId", resource.name())
            .put("ResourceType", resource.type());
    event.set("ResourceProperties", resource.properties());
    String log = invoke(environment, event.toString());
    try {
      String status = answered.get(ANSWER_SECONDS, TimeUnit.SECONDS).path("Status").asText();
      if (!status.equals("SUCCESS")) {
        throw new AccountFailure(
            "the function of %s answers %s: %s".formatted(resource.type(), status, log));
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AccountFailure(
          "the function of %s does not answer: %s".formatted(resource.type(), log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AccountFailure("interrupted while a custom resource is created");
    }
  }

  /** Wakes a function, as its schedule does; gives what it logged. */
  public String wake(String module) {
    return invoke(Map.of(MODULE, module), "{\"source\": \"aws.events\"}");
  }

  private synchronized String invoke(Map<String, String> environment, String event) {
    String module = environment.getOrDefault(MODULE, "");
    try {
      FunctionProcess function = byModule.get(module);
      if (function == null) {
        function = new FunctionProcess(root, module, environment);
        byModule.put(module, function);
      }
      FunctionProcess.Result result = function.invoke(event);
      if (!result.error().isEmpty()) {
        throw new AccountFailure("the function %s failed: %s".formatted(module, result.error()));
      }
      return result.log();
    } catch (IOException e) {
      throw new AccountFailure("the function %s cannot run: %s".formatted(module, e.getMessage()));
    }
  }

  @Override
  public synchronized void close() {
    byModule.values().forEach(FunctionProcess::close);
    cloudFormation.stop(0);
  }
}
