package colorteller.vpc.agent;

import static java.util.stream.Collectors.joining;

import colorteller.vpc.agent.Agent.Order;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.xbill.DNS.Message;

/** This program's side of an {@link Agent}, which ends with its namespace. */
public final class AgentClient {

  /** What an agent is made of; a JVM looks through a longer one for longer. */
  private static final String CLASS_PATH =
      Stream.of(Agent.class, Message.class, Logger.class)
          .map(of -> of.getProtectionDomain().getCodeSource().getLocation().getPath())
          .distinct()
          .collect(joining(File.pathSeparator));

  /** An agent answers an order at once; for a request it is given the request's own limit, too. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final String name;
  private final Process process;
  private final DataOutputStream orders;
  private final Map<Integer, CompletableFuture<HttpAnswer>> open = new ConcurrentHashMap<>();
  private final Semaphore ready = new Semaphore(0);
  private volatile boolean ended;
  private boolean begun;
  private int last;

  /**
   * Starts an agent, and does not wait for it.
   *
   * @param name the namespace's, for errors
   * @param prepared runs {@link #command} in that namespace
   */
  public AgentClient(String name, ProcessBuilder prepared) throws IOException {
    this.name = name;
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
    return command(Agent.class, List.of(resolver));
  }

  /**
   * What starts a {@link Relay} out of a namespace.
   *
   * @param arguments the relay's
   */
  public static List<String> relay(List<String> arguments) {
    return command(Relay.class, arguments);
  }

  private static List<String> command(Class<?> main, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx64m",
                // Standard output holds the answers, and nothing else may be said there.
                "-XX:+DisplayVMOutputToStderr",
                "-Xlog:disable",
                // dnsjava would log, and has nowhere to.
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                CLASS_PATH,
                main.getName()));
    command.addAll(arguments);
    return command;
  }

  /**
   * Makes a GET request from the agent's namespace.
   *
   * @param headers beside those that every request has
   * @return completed by the answer; exceptionally if the agent ends
   */
  public CompletableFuture<HttpAnswer> get(URI uri, Duration timeout, Map<String, String> headers) {
    return request("GET", uri, timeout, headers);
  }

  /**
   * Makes a POST request without a body, and waits for its answer.
   *
   * @throws IOException if it is not answered with 200
   */
  public void post(String url, Duration timeout) throws IOException {
    HttpAnswer answer = await(request("POST", URI.create(url), timeout, Map.of()));
    if (answer.status() != 200) {
      throw new IOException("%s gives %d %s".formatted(url, answer.status(), answer.body()));
    }
  }

  private CompletableFuture<HttpAnswer> request(
      String method, URI uri, Duration timeout, Map<String, String> headers) {
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    synchronized (orders) {
      int number = ++last;
      open.put(number, answer);
      try {
        orders.writeUTF(Order.HTTP.name());
        orders.writeInt(number);
        orders.writeUTF(method);
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
    return answer.orTimeout(timeout.plus(LIMIT).toMillis(), TimeUnit.MILLISECONDS);
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
   * @throws IOException if the agent ends before, or does not answer
   */
  public HttpAnswer await(CompletableFuture<HttpAnswer> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a request was made", e);
    }
  }

  /** What a DNS name stands for: addresses of either family, and for how long an answer is kept. */
  public record Records(List<String> addresses, Duration timeToLive) {}

  /**
   * Replaces all DNS records, and waits until they are in force.
   *
   * @throws IOException if the agent has ended, or does not answer
   */
  public void replace(Map<String, Records> records) throws IOException, InterruptedException {
    begun();
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
        throw broken(e);
      }
    }
    awaitReady();
  }

  /** Its start is answered as well. */
  private synchronized void begun() throws IOException, InterruptedException {
    if (!begun) {
      awaitReady();
      begun = true;
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    if (!ready.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw broken(new TimeoutException());
    }
    if (ended) {
      throw broken(new EOFException());
    }
  }

  private IOException broken(@Nullable Throwable why) {
    return new IOException(
        process.isAlive()
            ? "the agent in namespace %s does not answer".formatted(name)
            : "the agent in namespace %s has ended with status %d"
                .formatted(name, process.exitValue()),
        why);
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
      ended = true;
      open.values().forEach(waiting -> waiting.completeExceptionally(e));
      ready.release(Integer.MAX_VALUE / 2);
    }
  }
}
