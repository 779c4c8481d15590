package colorteller.vpc.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Leads each connection that is made to one address on to another, whatever is sent. A socket in
 * the file system leads out of a namespace, or into one.
 */
public final class Relay implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final ServerSocketChannel server;
  private final SocketAddress to;

  /**
   * Listens from now on.
   *
   * @throws IOException if the address cannot be bound
   */
  public Relay(SocketAddress at, SocketAddress to) throws IOException {
    this.to = to;
    server =
        at instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    server.bind(at);
    thread(this::accept);
  }

  /** Arguments: an address and a port to listen at, and the socket in the file system behind. */
  public static void main(String[] arguments) throws IOException {
    Relay relay =
        new Relay(
            new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])),
            UnixDomainSocketAddress.of(arguments[2]));
    // Ends with the program that started it.
    System.in.transferTo(OutputStream.nullOutputStream());
    relay.close();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel near = server.accept();
        thread(() -> connect(near));
      }
    } catch (AsynchronousCloseException e) {
      // It is closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void connect(SocketChannel near) {
    try (near;
        SocketChannel far = SocketChannel.open(to)) {
      Thread back = thread(() -> copy(far, near));
      copy(near, far);
      back.join();
    } catch (IOException e) {
      // Nobody is there, so nobody answers.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // One side has gone: the other hears of it.
      try {
        to.close();
        from.close();
      } catch (IOException closing) {
        // They are.
      }
    }
  }

  private static Thread thread(Runnable run) {
    Thread thread = new Thread(run, "relay");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
