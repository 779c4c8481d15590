package colorteller.vpc.agent;

import colorteller.vpc.agent.Agent.Order;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/** This program's side of an {@link Agent}. */
public final class AgentClient implements AutoCloseable {

  private final Process process;
  private final DataOutputStream orders;
  private final Map<Integer, CompletableFuture<HttpAnswer>> open = new ConcurrentHashMap<>();
  private final Semaphore ready = new Semaphore(0);
  private int last;

  /**
   * Starts an agent, and does not wait for it.
   *
   * @param prepared runs {@link #command} in a namespace
   */
  public AgentClient(ProcessBuilder prepared) throws IOException {
    process = prepared.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    orders = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    Thread answers = new Thread(this::answers, "answers of an agent");
    answers.setDaemon(true);
    answers.start();
  }

  /**
   * What starts an agent.
   *
   * @param resolver the address at which it answers DNS queries, or none
   */
  public static List<String> command(String... resolver) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Agent.class.getName()));
    command.addAll(List.of(resolver));
    return command;
  }

  /** Waits until it has started. */
  public void awaitReady() throws InterruptedException {
    ready.acquire();
  }

  /**
   * Makes a GET request from the agent's namespace.
   *
   * @param headers beside those that every request has
   * @return completed by the answer; exceptionally if the agent ends
   */
  public CompletableFuture<HttpAnswer> get(URI uri, Duration timeout, Map<String, String> headers) {
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    synchronized (orders) {
      int number = ++last;
      open.put(number, answer);
      try {
        orders.writeUTF(Order.HTTP.name());
        orders.writeInt(number);
        orders.writeUTF(uri.toString());
        orders.writeInt((int) timeout.toMillis());
        orders.writeInt(headers.size());
        for (Map.Entry<String, String> header : headers.entrySet()) {
          orders.writeUTF(header.getKey());
          orders.writeUTF(header.getValue());
        }
        orders.flush();
      } catch (IOException e) {
        answer.completeExceptionally(e);
      }
    }
    return answer;
  }

  /**
   * Asks for a document and waits for it.
   *
   * @throws IOException if there is another answer than it, or none
   */
  public byte[] body(String url, Duration timeout) throws IOException {
    HttpAnswer answer = await(get(URI.create(url), timeout, Map.of()));
    if (answer.status() != 200) {
      throw new IOException(
          answer.status() == 0 ? answer.body() : "%s gives %d".formatted(url, answer.status()));
    }
    return answer.body().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Waits for an answer.
   *
   * @throws IOException if the agent ends before
   */
  public static HttpAnswer await(CompletableFuture<HttpAnswer> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IOException("an agent in a namespace has ended", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a request was made", e);
    }
  }

  /** What a DNS name stands for: addresses of either family, and for how long an answer is kept. */
  public record Records(List<String> addresses, Duration timeToLive) {}

  /** Replaces all DNS records, and waits until they are in force. */
  public void replace(Map<String, Records> records) throws InterruptedException {
    synchronized (orders) {
      try {
        orders.writeUTF(Order.RECORDS.name());
        orders.writeInt(records.size());
        for (Map.Entry<String, Records> record : records.entrySet()) {
          orders.writeUTF(record.getKey());
          orders.writeInt((int) record.getValue().timeToLive().toSeconds());
          orders.writeInt(record.getValue().addresses().size());
          for (String address : record.getValue().addresses()) {
            orders.writeUTF(address);
          }
        }
        orders.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("an agent in a namespace has ended", e);
      }
    }
    ready.acquire();
  }

  private void answers() {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
      while (true) {
        int number = in.readInt();
        if (number == 0) {
          ready.release();
          continue;
        }
        int status = in.readInt();
        String body = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        HttpAnswer answer = new HttpAnswer(status, body, in.readBoolean());
        CompletableFuture<HttpAnswer> waiting = open.remove(number);
        if (waiting != null) {
          waiting.complete(answer);
        }
      }
    } catch (IOException e) {
      open.values().forEach(waiting -> waiting.completeExceptionally(e));
      ready.release(Integer.MAX_VALUE / 2);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
