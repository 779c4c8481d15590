package colorteller.vpc.agent;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Makes HTTP requests and answers DNS queries in the namespace in which it runs. Takes orders from
 * standard input and answers on standard output, both binary; ends with standard input.
 *
 * <p>Arguments: the address at which to answer DNS queries, or none.
 */
public final class Agent {

  /** What an order asks for; it begins with the name. */
  enum Order {
    /**
     * Number, method, URI, time-out in milliseconds, headers; answered by number, status, text,
     * refused.
     */
    HTTP,
    /** All DNS records: by name, addresses and time to live; answered by nothing. */
    RECORDS
  }

  private static final int THREADS = 64;

  private final DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
  private final ExecutorService requests =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "request");
            thread.setDaemon(true);
            return thread;
          });

  private Agent() {}

  public static void main(String[] arguments) throws IOException {
    DnsServer dns =
        arguments.length == 0 ? null : new DnsServer(InetAddress.getByName(arguments[0]));
    Agent agent = new Agent();
    // It belongs to the answers.
    System.setOut(System.err);
    agent.ready();
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(System.in))) {
      while (true) {
        switch (Order.valueOf(in.readUTF())) {
          case HTTP -> agent.request(in);
          case RECORDS -> {
            Map<String, DnsServer.Addresses> records = records(in);
            if (dns != null) {
              dns.replace(records);
            }
            agent.ready();
          }
        }
      }
    } catch (EOFException e) {
      // The program that gave orders has ended.
    }
  }

  /** Answer 0: it has started, or new records are in force. */
  private synchronized void ready() throws IOException {
    out.writeInt(0);
    out.flush();
  }

  private static Map<String, DnsServer.Addresses> records(DataInputStream in) throws IOException {
    Map<String, DnsServer.Addresses> records = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      int seconds = in.readInt();
      List<InetAddress> addresses = new ArrayList<>();
      for (int more = in.readInt(); more > 0; more--) {
        addresses.add(InetAddress.getByName(in.readUTF()));
      }
      records.put(name, new DnsServer.Addresses(addresses, seconds));
    }
    return records;
  }

  private void request(DataInputStream in) throws IOException {
    int number = in.readInt();
    String method = in.readUTF();
    URI uri = URI.create(in.readUTF());
    int timeoutMillis = in.readInt();
    Map<String, String> headers = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      headers.put(in.readUTF(), in.readUTF());
    }
    requests.execute(() -> answer(number, ask(method, uri, timeoutMillis, headers)));
  }

  private static HttpAnswer ask(
      String method, URI uri, int timeoutMillis, Map<String, String> headers) {
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
      connection.setRequestMethod(method);
      connection.setConnectTimeout(timeoutMillis);
      connection.setReadTimeout(timeoutMillis);
      connection.setInstanceFollowRedirects(false);
      headers.forEach(connection::setRequestProperty);
      int status = connection.getResponseCode();
      try (InputStream body =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        return new HttpAnswer(
            status,
            body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8),
            false);
      }
    } catch (ConnectException e) {
      return new HttpAnswer(0, String.valueOf(e.getMessage()), true);
    } catch (IOException e) {
      return new HttpAnswer(0, e.toString(), false);
    }
  }

  private synchronized void answer(int number, HttpAnswer answer) {
    try {
      out.writeInt(number);
      out.writeInt(answer.status());
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      out.writeInt(body.length);
      out.write(body);
      out.writeBoolean(answer.refused());
      out.flush();
    } catch (IOException e) {
      // Nobody listens any more, so nobody will give orders either.
      throw new UncheckedIOException(e);
    }
  }
}
