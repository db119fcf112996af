package io.understudy.testkit;

import io.understudy.testkit.TcpProxy.Direction;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * One connection through a proxy. For each direction one thread reads and one writes, with a
 * bounded queue between them: bytes are delayed without being slowed down, and a sender feels it
 * when they do not get through.
 */
final class ProxiedConnection {
  private static final int QUEUED_CHUNKS = 64;
  private static final int CHUNK_BYTES = 16 << 10;
  private static final int JOIN_MILLIS = 5_000;

  private final String name;
  private final Socket client;
  private final Socket target;
  private final ProxyFaults faults;
  private final Consumer<ProxiedConnection> whenEnded;
  private final List<Thread> threads = new ArrayList<>();
  private int openDirections = Direction.values().length;

  private ProxiedConnection(
      String name,
      Socket client,
      Socket target,
      ProxyFaults faults,
      Consumer<ProxiedConnection> whenEnded) {
    this.name = name;
    this.client = client;
    this.target = target;
    this.faults = faults;
    this.whenEnded = whenEnded;
  }

  static ProxiedConnection start(
      String name,
      Socket client,
      Socket target,
      ProxyFaults faults,
      Consumer<ProxiedConnection> whenEnded)
      throws IOException {
    client.setTcpNoDelay(true);
    target.setTcpNoDelay(true);
    ProxiedConnection connection = new ProxiedConnection(name, client, target, faults, whenEnded);
    connection.pump(Direction.TO_TARGET, client, target);
    connection.pump(Direction.FROM_TARGET, target, client);
    connection.threads.forEach(Thread::start);
    return connection;
  }

  /** Ends both sides with a reset, as a broken network does, not with an orderly goodbye. */
  void reset() {
    reset(client);
    reset(target);
    threads.forEach(Thread::interrupt);
  }

  void join() {
    try {
      for (Thread thread : threads) {
        thread.join(JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  private void pump(Direction direction, Socket from, Socket to) {
    BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(QUEUED_CHUNKS);
    threads.add(thread(direction, "read", () -> read(from, queue)));
    threads.add(
        thread(
            direction,
            "write",
            () -> {
              write(direction, queue, to);
              ended();
            }));
  }

  private Thread thread(Direction direction, String what, Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
              } catch (IOException | InterruptedException e) {
                broken(direction);
              }
            },
            name + "-" + direction + "-" + what);
    thread.setDaemon(true);
    return thread;
  }

  /** One side has gone: the other is told, too, as soon as anything gets through to it. */
  private void broken(Direction direction) {
    try {
      faults.awaitTurn(direction, System.nanoTime());
    } catch (InterruptedException e) {
      // reset() was called: there is nothing left to wait for.
    }
    reset();
    whenEnded.accept(this);
  }

  private static void read(Socket from, BlockingQueue<Chunk> queue)
      throws IOException, InterruptedException {
    while (true) {
      byte[] bytes = new byte[CHUNK_BYTES];
      int length = from.getInputStream().read(bytes);
      queue.put(new Chunk(bytes, length));
      if (length < 0) {
        return;
      }
    }
  }

  private void write(Direction direction, BlockingQueue<Chunk> queue, Socket to)
      throws IOException, InterruptedException {
    while (true) {
      Chunk chunk = queue.take();
      faults.awaitTurn(direction, chunk.cameNanos);
      if (chunk.isEnd()) {
        to.shutdownOutput();
        return;
      }
      chunk.writeTo(to.getOutputStream());
    }
  }

  /** Both sides have said goodbye. */
  private synchronized void ended() throws IOException {
    openDirections--;
    if (openDirections == 0) {
      client.close();
      target.close();
      whenEnded.accept(this);
    }
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** Bytes on their way; owned by the queue, used once. Length -1 is the sender's goodbye. */
  private static final class Chunk {
    private final byte[] bytes;
    private final int length;
    private final long cameNanos = System.nanoTime();

    private Chunk(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }

    boolean isEnd() {
      return length < 0;
    }

    void writeTo(OutputStream out) throws IOException {
      out.write(bytes, 0, length);
    }
  }
}
