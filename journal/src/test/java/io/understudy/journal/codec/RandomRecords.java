package io.understudy.journal.codec;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Ddl;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Records of every kind, the same for the same seed. */
final class RandomRecords {
  private final Random random;

  RandomRecords(long seed) {
    random = new Random(seed);
  }

  JournalRecord next() {
    return new JournalRecord(
        new MirrorName("m" + random.nextInt(1000)),
        new Epoch(1 + positive()),
        1 + positive(),
        new Sequence(positive()),
        new Lsn(random.nextLong()),
        Instant.EPOCH.plus(random.nextLong() >> random.nextInt(40), ChronoUnit.MICROS),
        body());
  }

  private Body body() {
    switch (random.nextInt(6)) {
      case 0 -> {
        return new Body.Heartbeat();
      }
      case 1 -> {
        return new Body.Marker(text());
      }
      case 2 -> {
        return new Body.Seal(new DatabaseName("d" + text()));
      }
      default -> {
        int piece = random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE);
        return new Body.Piece(
            text(), piece, random.nextBoolean(), piece == 0 ? 0 : positive(), changes());
      }
    }
  }

  private List<Change> changes() {
    List<Relation> relations = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      relations.add(relation(i));
    }
    List<Change> changes = new ArrayList<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      changes.add(change(relations));
    }
    return changes;
  }

  private Change change(List<Relation> relations) {
    Relation relation = relations.get(random.nextInt(relations.size()));
    switch (random.nextInt(7)) {
      case 6 -> {
        return new Change.SequenceValue(
            relation.table(),
            random.nextLong() >> random.nextInt(64),
            random.nextBoolean(),
            positive(),
            Duration.of(positive(), ChronoUnit.MICROS));
      }
      case 5 -> {
        SortedMap<String, String> settings = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          settings.put(text(), text());
        }
        Optional<String> obstacle = random.nextBoolean() ? Optional.empty() : Optional.of(text());
        return new Change.SchemaChange(
            new Ddl("T" + text(), "s" + text(), obstacle, random.nextBoolean(), text(), settings));
      }
      case 0 -> {
        return new Change.Insert(relation, row(relation), random.nextBoolean());
      }
      case 1 -> {
        return new Change.Delete(relation, row(relation), random.nextBoolean());
      }
      case 2 -> {
        Collections.shuffle(relations, random);
        return new Change.Truncate(relations.subList(0, 1 + random.nextInt(relations.size())));
      }
      default -> {
        Optional<Row> before =
            relation.hasKey() && random.nextBoolean()
                ? Optional.empty()
                : Optional.of(row(relation));
        return new Change.Update(relation, before, row(relation), random.nextBoolean());
      }
    }
  }

  private Relation relation(int number) {
    List<Column> columns = new ArrayList<>();
    for (int i = random.nextInt(9); i > 0; i--) {
      columns.add(
          new Column(
              "c" + i + text(), "t" + text(), random.nextInt(4) == 0, random.nextInt(4) == 0));
    }
    return new Relation(
        new TableName("s" + text(), "t" + number + text()),
        columns,
        random.nextInt(3) > 0
            ? Optional.empty()
            : Optional.of(new Partition(new TableName("r" + text(), "r"), "c" + text())));
  }

  private Row row(Relation relation) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < relation.columns().size(); i++) {
      values.add(value());
    }
    return new Row(values);
  }

  private Value value() {
    switch (random.nextInt(6)) {
      case 0 -> {
        return Value.NULL;
      }
      case 1 -> {
        return Value.UNCHANGED;
      }
      case 2 -> {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return new Value.Bytes(bytes);
      }
      default -> {
        return new Value.Text(text());
      }
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int bits = 7 + random.nextInt(14);
    for (int i = random.nextInt(random.nextInt(10) == 0 ? 300 : 12); i > 0; i--) {
      int point = random.nextInt(Math.min(1 << bits, Character.MAX_CODE_POINT));
      boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
      text.appendCodePoint(surrogate ? 0xFFFD : point);
    }
    return text.toString();
  }

  private long positive() {
    return random.nextLong() >>> (2 + random.nextInt(61));
  }
}
