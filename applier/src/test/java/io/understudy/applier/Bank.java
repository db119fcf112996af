package io.understudy.applier;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * Writes the journal of a bank at random, and keeps its books beside: what the standby must hold in
 * the end. Money only moves, so that balances sum up to nothing at every commit.
 */
public final class Bank {
  public static final String DDL =
      "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL, note text);"
          + "CREATE TABLE history (account int, delta bigint, sequence bigint)";

  private static final int ACCOUNTS = 30;
  private static final MirrorName MIRROR = new MirrorName("shop");

  private final Relation account;
  private final Relation history;
  private final LongFunction<Position> positions;
  private final Random random;
  private final Map<Integer, Long> balances = new TreeMap<>();
  private final Map<Integer, String> notes = new TreeMap<>();
  private final List<String> booked = new ArrayList<>();
  private final List<JournalEntry> entries = new ArrayList<>();
  private long sequence;
  private long position = 1_000;
  private long term = 1;
  private long offset;

  public Bank(long seed) {
    this(
        seed,
        new Relation(
            new TableName("public", "account"),
            List.of(
                new Column("id", "integer", true),
                new Column("balance", "bigint", false),
                new Column("note", "text", false))),
        new Relation(
            new TableName("public", "history"),
            List.of(
                new Column("account", "integer", false),
                new Column("delta", "bigint", false),
                new Column("sequence", "bigint", false))),
        Lsn::new);
  }

  /** With the two tables and positions as another engine has them. */
  public Bank(long seed, Relation account, Relation history, LongFunction<Position> positions) {
    this.random = new Random(seed);
    this.account = account;
    this.history = history;
    this.positions = positions;
  }

  public List<JournalEntry> entries() {
    return entries;
  }

  public long sequence() {
    return sequence;
  }

  /** As {@code SELECT id, balance, note FROM account ORDER BY id} must answer. */
  public List<String> accounts() {
    List<String> rows = new ArrayList<>();
    balances.forEach((id, balance) -> rows.add(id + "|" + balance + "|" + notes.get(id)));
    return rows;
  }

  /** As {@code SELECT * FROM history} must answer, in any order. */
  public List<String> history() {
    return booked;
  }

  /** Small transactions, heartbeats, transactions in pieces, and those that were begun anew. */
  public Bank live(int transactions) {
    for (int i = 0; i < transactions; i++) {
      int dice = random.nextInt(100);
      if (dice < 5) {
        append(new Body.Heartbeat());
      }
      if (dice < 90) {
        whole(changes(1 + random.nextInt(3)));
      } else {
        large(changes(10 + random.nextInt(100)), dice > 95);
      }
    }
    return this;
  }

  /** One transaction of so many transfers, in pieces. */
  public Bank large(int transfers, boolean begunAnew) {
    large(changes(transfers), begunAnew);
    return this;
  }

  public Bank seal() {
    append(new Body.Seal(new DatabaseName("south")));
    return this;
  }

  private List<Change> changes(int transfers) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < transfers; i++) {
      long amount = random.nextInt(1_000);
      move(changes, random.nextInt(ACCOUNTS), -amount);
      move(changes, random.nextInt(ACCOUNTS), amount);
    }
    return changes;
  }

  private void move(List<Change> changes, int id, long delta) {
    long next = sequence + 1;
    Long former = balances.get(id);
    long balance = (former == null ? 0 : former) + delta;
    String note = random.nextInt(3) == 0 ? "note " + next : notes.getOrDefault(id, "new");
    Object written = note.equals(notes.get(id)) ? Changes.SAME : note;
    if (former == null) {
      changes.add(Changes.insert(account, id, balance, note));
    } else if (random.nextInt(10) == 0) {
      changes.add(Changes.delete(account, id, Changes.SAME, Changes.SAME));
      changes.add(Changes.insert(account, id, balance, note));
    } else {
      changes.add(Changes.update(account, id, balance, written));
    }
    balances.put(id, balance);
    notes.put(id, note);
    changes.add(Changes.insert(history, id, delta, next));
    booked.add(id + "|" + delta + "|" + next);
  }

  private void whole(List<Change> changes) {
    complete(new Body.Piece("x" + (sequence + 1), 0, true, 0, changes));
  }

  private void large(List<Change> changes, boolean begunAnew) {
    List<List<Change>> pieces = new ArrayList<>();
    for (int from = 0; from < changes.size(); ) {
      int to = Math.min(changes.size(), from + 1 + random.nextInt(1 + changes.size() / 3));
      pieces.add(changes.subList(from, to));
      from = to;
    }
    if (begunAnew) {
      int before = 0;
      for (int i = 0; i < pieces.size() - 1; i++) {
        before += piece(pieces, i, before);
      }
      term++;
    }
    int before = 0;
    for (int i = 0; i < pieces.size() - 1; i++) {
      before += piece(pieces, i, before);
    }
    int last = pieces.size() - 1;
    complete(new Body.Piece("x" + (sequence + 1), last, true, before, pieces.get(last)));
  }

  private int piece(List<List<Change>> pieces, int number, int before) {
    sequence++;
    add(new Body.Piece("x" + sequence, number, false, before, pieces.get(number)));
    sequence--;
    return pieces.get(number).size();
  }

  private void complete(Body body) {
    sequence++;
    append(body);
  }

  private void append(Body body) {
    position += 1 + random.nextInt(100);
    add(body);
  }

  private void add(Body body) {
    offset += 1 + random.nextInt(2);
    entries.add(
        new JournalEntry(
            offset,
            Instant.EPOCH,
            new JournalRecord(
                MIRROR,
                Epoch.FIRST,
                term,
                new Sequence(sequence),
                positions.apply(position),
                Instant.ofEpochSecond(1_700_000_000L + position),
                body)));
  }
}
