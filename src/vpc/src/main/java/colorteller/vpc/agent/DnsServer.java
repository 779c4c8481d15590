package colorteller.vpc.agent;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * The VPC's DNS server: answers for the names of Cloud Map services with the addresses of what runs
 * behind them, all of them, as the routing policy MULTIVALUE does up to eight; no error without an
 * answer for a family that a name has no address of, and no such domain for any other name.
 */
final class DnsServer {

  private static final int PORT = 53;

  /** MULTIVALUE's limit. */
  private static final int MOST = 8;

  /**
   * What a name stands for.
   *
   * @param addresses of either family
   * @param seconds for which an answer may be kept
   */
  record Addresses(List<InetAddress> addresses, int seconds) {}

  private final DatagramSocket socket;
  private volatile Map<String, Addresses> records = Map.of();

  DnsServer(InetAddress address) throws IOException {
    socket = new DatagramSocket(PORT, address);
    Thread thread = new Thread(this::serve, "dns");
    thread.setDaemon(true);
    thread.start();
  }

  void replace(Map<String, Addresses> all) {
    records = Map.copyOf(all);
  }

  private void serve() {
    byte[] buffer = new byte[4096];
    while (true) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        byte[] query = new byte[packet.getLength()];
        System.arraycopy(buffer, 0, query, 0, query.length);
        byte[] answer = answer(new Message(query)).toWire();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Somebody sent what is not DNS, or has gone: nothing to answer.
      }
    }
  }

  private Message answer(Message query) {
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    Record question = query.getQuestion();
    if (question == null) {
      answer.getHeader().setRcode(Rcode.FORMERR);
      return answer;
    }
    answer.addRecord(question, Section.QUESTION);
    Addresses known = records.get(question.getName().toString(true).toLowerCase(Locale.ROOT));
    if (known == null) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
      return answer;
    }
    int given = 0;
    for (InetAddress address : known.addresses()) {
      Record record = record(question, address, known.seconds());
      if (record.getType() == question.getType() && given++ < MOST) {
        answer.addRecord(record, Section.ANSWER);
      }
    }
    return answer;
  }

  private static Record record(Record question, InetAddress address, int seconds) {
    return address instanceof Inet6Address six
        ? new AAAARecord(question.getName(), DClass.IN, seconds, six)
        : new ARecord(question.getName(), DClass.IN, seconds, (Inet4Address) address);
  }
}
