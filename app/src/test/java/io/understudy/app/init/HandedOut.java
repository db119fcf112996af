package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/**
 * Clients that draw from the source's sequences, each in a session of its own, until the source is
 * gone, and remember every value that they were given.
 */
final class HandedOut implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int CLIENTS = 3;

  /** What gives the next value, on the source and on whatever takes its place. */
  private static final Map<String, String> FAST =
      Map.of(
          "up", "SELECT nextval('up')",
          "down", "SELECT nextval('down')",
          "round", "SELECT nextval('round')",
          "cached", "SELECT nextval('cached')",
          "shared", "INSERT INTO a (v) VALUES ('v') RETURNING id",
          "owner_id_seq", "INSERT INTO owner (v) VALUES ('v') RETURNING id",
          "owner_n_seq", "INSERT INTO owner (v) VALUES ('v') RETURNING n");

  private static final String SLEEPER = "sleeper";

  private final Map<String, Set<Long>> values = new ConcurrentHashMap<>();
  private final AtomicReference<Exception> unexpected = new AtomicReference<>();
  private final CountDownLatch awake = new CountDownLatch(1);
  private final List<Thread> clients = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private volatile boolean gone;

  HandedOut(InitRig rig) throws SQLException {
    for (int i = 0; i < CLIENTS; i++) {
      client(rig.source(), this::drawFast);
    }
    client(
        rig.source(),
        connection -> {
          awake.await();
          while (true) {
            draw(connection, SLEEPER, "SELECT nextval('sleeper')");
            Thread.sleep(20);
          }
        });
  }

  private interface Drawing {
    void on(Connection connection) throws SQLException, InterruptedException;
  }

  private void client(Connection connection, Drawing drawing) {
    connections.add(connection);
    Thread thread =
        new Thread(
            () -> {
              try {
                drawing.on(connection);
              } catch (SQLException e) {
                gone = true; // only that ends it
              } catch (InterruptedException | RuntimeException e) {
                unexpected.set(e);
              }
            },
            "draws-" + clients.size());
    clients.add(thread);
    thread.start();
  }

  private void drawFast(Connection connection) throws SQLException {
    while (true) {
      for (Map.Entry<String, String> sequence : FAST.entrySet()) {
        draw(connection, sequence.getKey(), sequence.getValue());
      }
    }
  }

  private void draw(Connection connection, String sequence, String sql) throws SQLException {
    long value = Sql.number(connection, sql);
    values.computeIfAbsent(sequence, any -> ConcurrentHashMap.newKeySet()).add(value);
  }

  /** What was handed out before it was set to another place is not meant any more. */
  void forget(String sequence) {
    values.remove(sequence);
  }

  void awaitEach(int count) {
    Awaitility.await()
        .atMost(LIMIT)
        .until(
            () -> {
              assertThat(gone).as("a client lost the source").isFalse();
              return FAST.keySet().stream().allMatch(name -> count(name) >= count);
            });
  }

  void wake() {
    awake.countDown();
  }

  void awaitSleeper(int count) {
    Awaitility.await().atMost(LIMIT).until(() -> count(SLEEPER) >= count);
  }

  private int count(String sequence) {
    return values.getOrDefault(sequence, Set.of()).size();
  }

  void awaitEnd() throws InterruptedException {
    for (Thread client : clients) {
      client.join(LIMIT.toMillis());
      assertThat(client.isAlive()).isFalse();
    }
    assertThat(unexpected.get()).isNull();
  }

  /** On the database that took the source's place. */
  void requireNothingTwice(Connection promoted, String said) throws SQLException {
    for (Map.Entry<String, String> sequence : FAST.entrySet()) {
      requireNothingTwice(promoted, sequence.getKey(), sequence.getValue(), said);
    }
    requireNothingTwice(promoted, SLEEPER, "SELECT nextval('sleeper')", said);
    assertThat(said).contains("sequence \"public\".\"small\" is used up at its bound 60");
    assertThatThrownBy(() -> Sql.text(promoted, "SELECT nextval('small')"))
        .hasMessageContaining("reached maximum value");
  }

  private void requireNothingTwice(Connection promoted, String name, String sql, String said)
      throws SQLException {
    Set<Long> handedOut = values.get(name);
    for (int i = 0; i < 60; i++) {
      assertThat(handedOut).as("%s; %s", name, said).doesNotContain(Sql.number(promoted, sql));
    }
    long next = Sql.number(promoted, sql);
    if (name.equals("down")) {
      assertThat(handedOut).as(name).allMatch(value -> value > next);
    } else if (!name.equals("round")) {
      assertThat(handedOut).as(name).allMatch(value -> value < next);
    }
  }

  @Override
  public void close() throws SQLException {
    clients.forEach(Thread::interrupt);
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
