package colorteller.local;

import colorteller.mesh.IpFamily;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Answers for the mesh's host names with the loopback addresses of the families under which each
 * can be discovered: an address, no error without an answer for a family that has none, and no such
 * domain for any other name. UDP on 127.0.0.1.
 */
final class DnsServer implements AutoCloseable {

  private static final long TTL_SECONDS = 300;

  private static final int LIMIT_MILLIS = 5_000;

  private final DatagramSocket socket;
  private final Map<String, Set<IpFamily>> names;

  /**
   * Starts to answer.
   *
   * @param names the families of each host name
   */
  DnsServer(Map<String, Set<IpFamily>> names) throws IOException {
    this.names = names;
    socket = new DatagramSocket(IpFamily.IPV4.socketAddress(0));
    Thread thread = new Thread(this::serve, "dns");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  /**
   * Fails if it does not answer.
   *
   * @throws MeshFailure which says so
   */
  void supervise() {
    try (DatagramSocket client = new DatagramSocket(IpFamily.IPV4.socketAddress(0))) {
      client.setSoTimeout(LIMIT_MILLIS);
      Message query = Message.newQuery(Record.newRecord(Name.root, Type.A, DClass.IN));
      byte[] wire = query.toWire();
      client.send(new DatagramPacket(wire, wire.length, socket.getLocalSocketAddress()));
      client.receive(new DatagramPacket(new byte[4096], 4096));
    } catch (IOException e) {
      throw new MeshFailure("The DNS server of the local mesh does not answer any more.");
    }
  }

  private void serve() {
    byte[] buffer = new byte[4096];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        byte[] query = new byte[packet.getLength()];
        System.arraycopy(buffer, 0, query, 0, query.length);
        byte[] answer = answer(new Message(query)).toWire();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // The socket is closed, or somebody sent what is not DNS: nothing to answer.
      }
    }
  }

  private Message answer(Message query) throws IOException {
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    Record question = query.getQuestion();
    if (question == null) {
      answer.getHeader().setRcode(Rcode.FORMERR);
      return answer;
    }
    answer.addRecord(question, Section.QUESTION);
    Set<IpFamily> families = names.get(question.getName().toString(true).toLowerCase(Locale.ROOT));
    if (families == null) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    } else if (question.getType() == Type.A && families.contains(IpFamily.IPV4)) {
      answer.addRecord(
          new ARecord(
              question.getName(),
              DClass.IN,
              TTL_SECONDS,
              IpFamily.IPV4.socketAddress(0).getAddress()),
          Section.ANSWER);
    } else if (question.getType() == Type.AAAA && families.contains(IpFamily.IPV6)) {
      answer.addRecord(
          new AAAARecord(
              question.getName(),
              DClass.IN,
              TTL_SECONDS,
              IpFamily.IPV6.socketAddress(0).getAddress()),
          Section.ANSWER);
    }
    return answer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
