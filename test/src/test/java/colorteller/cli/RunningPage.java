package colorteller.cli;

import colorteller.local.LoopbackNetwork;
import colorteller.local.Session;
import colorteller.mesh.Mesh;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.page.Page;
import colorteller.page.Stages;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

/** A mesh on real Envoys and its page, as {@code up} has them. */
public final class RunningPage implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Mesh mesh;
  private final Session session;
  private final Page page;

  private RunningPage(List<Scenario> scenarios) {
    Scenario first = scenarios.get(0);
    mesh = first.mesh();
    session =
        new Session(new LoopbackNetwork(Machine.envoy(), first.mesh(), first.workloads()), first);
    Run run = session.switchTo(first);
    page = new Page(session, new Stages(scenarios), first, run, Map.of());
  }

  public static RunningPage of(List<Scenario> scenarios) {
    return new RunningPage(scenarios);
  }

  /** Of a variant of the walkthrough; it begins with {@code v4_only}. */
  public static RunningPage of(String variant) {
    return new RunningPage(LocalMeshes.of(variant));
  }

  /** Any stage of it. */
  public Mesh mesh() {
    return mesh;
  }

  public Session session() {
    return session;
  }

  public Page page() {
    return page;
  }

  public String url() {
    return page.url();
  }

  public JsonNode state() throws Exception {
    return JSON.readTree(get("api/state").body());
  }

  public HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(request(path, headers).GET());
  }

  /** With the token. */
  public HttpResponse<String> post(String path, String json) throws Exception {
    return send(
        request(path, "Content-Type", "application/json", Page.TOKEN_HEADER, page.token())
            .POST(BodyPublishers.ofString(json)));
  }

  public HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  public static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    page.close();
    session.close();
  }
}
