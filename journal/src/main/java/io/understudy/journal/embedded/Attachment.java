package io.understudy.journal.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One process's connection to a running broker; while it is open, the broker stays. */
final class Attachment implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int HANDSHAKE_MILLIS = 5_000;

  private final BrokerAddress address;
  private final Socket socket;
  private final BufferedReader reader;

  private Attachment(BrokerAddress address, Socket socket, BufferedReader reader) {
    this.address = address;
    this.socket = socket;
    this.reader = reader;
  }

  /** Empty if no broker answers there, another program does, or the broker is about to go. */
  static Optional<Attachment> open(BrokerAddress address) {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(LoopbackPorts.address(), address.controlPort()), CONNECT_MILLIS);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      String hello = ControlPort.ATTACH + address.instance() + "\n";
      socket.getOutputStream().write(hello.getBytes(StandardCharsets.UTF_8));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      if ((ControlPort.WELCOME + address.instance()).equals(reader.readLine())) {
        socket.setSoTimeout(0);
        return Optional.of(new Attachment(address, socket, reader));
      }
    } catch (IOException e) {
      // Nobody there: that is the answer.
    }
    closeQuietly(socket);
    return Optional.empty();
  }

  BrokerAddress address() {
    return address;
  }

  /** Waits until the broker ends, says why it is about to, or this is closed. */
  Optional<BrokerReport> awaitEnd() {
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Optional<BrokerReport> report = BrokerReport.parse(line);
        if (report.isPresent()) {
          return report;
        }
      }
    } catch (IOException e) {
      // A reset is an end, too.
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    closeQuietly(socket);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
