package io.understudy.connectors.binlog;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TransactionPayloadEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.ByteArrayEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.GtidEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.NullEventDataDeserializer;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import com.github.shyiko.mysql.binlog.network.ServerException;
import io.understudy.connectors.EventQueue;
import io.understudy.connectors.LogEvent;
import io.understudy.connectors.SourceLog;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.mysql.BinlogPoint;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLSocket;

/**
 * A server's binary log, read by the client's own thread from a point on, into a bounded queue.
 * When the queue is full that thread waits, and with it the server. The server keeps its log by age
 * or size and takes no acknowledgement.
 */
public final class BinlogLog implements SourceLog {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /**
   * How often the server shows that it is alive, and after how long without it is taken for dead.
   */
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);

  private static final Duration DEAD = Duration.ofSeconds(20);

  /** It tells each connection and what it is about to do; only its warnings are of use. */
  private static final Logger CLIENT_LOG = Logger.getLogger("com.github.shyiko.mysql.binlog");

  /** How long the server waits with a full connection, in seconds. */
  private static final long PATIENCE_SECONDS = 3600;

  private static final EventType[] ROWS = {
    EventType.WRITE_ROWS,
    EventType.UPDATE_ROWS,
    EventType.DELETE_ROWS,
    EventType.EXT_WRITE_ROWS,
    EventType.EXT_UPDATE_ROWS,
    EventType.EXT_DELETE_ROWS
  };
  private static final EventType[] UNREAD = {
    EventType.PREVIOUS_GTIDS,
    EventType.MARIADB_GTID_LIST,
    EventType.BINLOG_CHECKPOINT,
    EventType.ROWS_QUERY,
    EventType.ANNOTATE_ROWS,
    EventType.INTVAR
  };

  private final BinaryLogClient client;
  private final EventQueue queue;
  private final LogHost host;
  private final LogReading reading;
  private volatile boolean closed;

  private BinlogLog(BinaryLogClient client, EventQueue queue, LogHost host, LogReading reading) {
    this.client = client;
    this.queue = queue;
    this.host = host;
    this.reading = reading;
  }

  /**
   * @param behind the transactions before {@code after}
   * @param maxChanges most events that one poll returns
   * @param maxBytes roughly the most bytes held in memory
   */
  public static BinlogLog open(
      LogAddress address,
      BinlogPoint after,
      Whereabouts behind,
      int maxChanges,
      long maxBytes,
      LogHost host) {
    EventQueue queue = new EventQueue(maxChanges, maxBytes);
    LogReading reading = new LogReading(after, behind, host, event -> put(queue, event));
    BinlogLog log = new BinlogLog(client(address, after), queue, host, reading);
    log.connect();
    return log;
  }

  private static BinaryLogClient client(LogAddress address, BinlogPoint after) {
    CLIENT_LOG.setLevel(Level.WARNING);
    BinaryLogClient client =
        new BinaryLogClient(address.host(), address.port(), address.user(), address.password());
    client.setBinlogFilename(after.file());
    client.setBinlogPosition(after.offset());
    client.setServerId(ThreadLocalRandom.current().nextLong(1L << 31, (1L << 32) - 1));
    client.setKeepAlive(false);
    client.setHeartbeatInterval(SIGN_OF_LIFE.toMillis());
    client.setNetWriteTimeout(PATIENCE_SECONDS);
    client.setSSLMode(address.tls().isPresent() ? SSLMode.REQUIRED : SSLMode.DISABLED);
    address.tls().ifPresent(tls -> client.setSslSocketFactory(plain -> encrypted(tls, plain)));
    client.setSocketFactory(BinlogLog::socket);
    EventDeserializer events = new EventDeserializer();
    for (EventType type : ROWS) {
      events.setEventDataDeserializer(type, new ByteArrayEventDataDeserializer());
    }
    for (EventType type : UNREAD) {
      events.setEventDataDeserializer(type, new NullEventDataDeserializer());
    }
    events.setEventDataDeserializer(EventType.ANONYMOUS_GTID, new GtidEventDataDeserializer());
    events.setEventDataDeserializer(
        EventType.TRANSACTION_PAYLOAD,
        input -> {
          TransactionPayloadEventData none = new TransactionPayloadEventData();
          none.setUncompressedEvents(new java.util.ArrayList<>());
          return none;
        });
    client.setEventDeserializer(events);
    return client;
  }

  /** The client knows of no other failure here. */
  private static SSLSocket encrypted(LogTls tls, Socket plain) throws SocketException {
    try {
      return tls.over(plain);
    } catch (IOException e) {
      throw (SocketException) new SocketException(e.getMessage()).initCause(e);
    }
  }

  private void connect() {
    client.registerEventListener(this::read);
    client.registerLifecycleListener(new Life());
    try {
      client.connect(CONNECT.toMillis());
    } catch (IOException | TimeoutException e) {
      close();
      throw failure("opening the binary log", e);
    }
  }

  /** In the client's thread, which would swallow what is thrown here. */
  private void read(Event event) {
    if (closed) {
      return;
    }
    try {
      reading.accept(event);
    } catch (MirrorException e) {
      end(e);
    } catch (RuntimeException e) {
      end(
          new MirrorException.Invariant(
              "reading the source's log behind " + reading.committed().encoded() + " failed: " + e,
              "report this: nothing behind that position was journaled",
              e));
    }
  }

  private void end(MirrorException failure) {
    queue.fail(failure);
    closed = true; // whatever comes behind a failure is not read
  }

  private static void put(EventQueue queue, LogEvent event) {
    try {
      if (!queue.put(event)) {
        throw new MirrorException.Transient("the log was closed", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MirrorException.Transient("interrupted while reading the log", e);
    }
  }

  /** What the server itself said comes as an SQLException: nobody else knows the client's own. */
  private MirrorException failure(String operation, Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof ServerException word) {
        return host.failure(
            operation,
            new SQLException(word.getMessage(), word.getSqlState(), word.getErrorCode(), cause));
      }
    }
    return host.failure(operation, cause);
  }

  /** The server's number of the session that reads. */
  public long session() {
    return client.getConnectionId();
  }

  @Override
  public List<LogEvent> poll(Duration timeout) throws InterruptedException {
    return queue.poll(timeout);
  }

  @Override
  public boolean hasMore() {
    return queue.hasMore();
  }

  @Override
  public void acknowledge(Position durable) {
    // The server keeps its log by its own rules.
  }

  @Override
  public void close() {
    closed = true;
    queue.close();
    try {
      client.disconnect();
    } catch (IOException e) {
      throw failure("closing the binary log", e);
    }
  }

  private final class Life extends BinaryLogClient.AbstractLifecycleListener {
    @Override
    public void onCommunicationFailure(BinaryLogClient from, Exception cause) {
      queue.fail(failure("reading the binary log", cause));
    }

    @Override
    public void onEventDeserializationFailure(BinaryLogClient from, Exception cause) {
      end(failure("reading the binary log", cause));
    }

    @Override
    public void onDisconnect(BinaryLogClient from) {
      queue.fail(failure("reading the binary log", new EOFException("the server hung up")));
    }
  }

  private static Socket socket() throws SocketException {
    Socket socket = new Socket();
    socket.setSoTimeout((int) DEAD.toMillis());
    socket.setTcpNoDelay(true);
    return socket;
  }
}
