package io.understudy.journal.kafka;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.Value;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * A process that writes, or reads, some changes of which each has its former and its new value of
 * 64 MB, and prints a checksum of every value.
 */
final class LargeValuesMain {
  static final int VALUE_BYTES = 64_000_000;

  private LargeValuesMain() {}

  public static void main(String[] arguments) {
    String bootstrap = arguments[1];
    MirrorName mirror = new MirrorName(arguments[2]);
    int changes = Integer.parseInt(arguments[3]);
    try (Journal journal =
        Journal.connect(mirror, KafkaSettings.embedded(() -> bootstrap), JournalLimits.DEFAULT)) {
      if (arguments[0].equals("write")) {
        write(journal, changes);
      } else {
        read(journal, changes);
      }
    }
  }

  private static void write(Journal journal, int changes) {
    try (JournalWriter writer = journal.takeOver(journal.check())) {
      writer.claim(Epoch.FIRST);
      Value former = noise(0);
      for (int n = 1; n <= changes; n++) {
        Value value = noise(n);
        Change update =
            new Change.Update(Transactions.TABLE, Optional.of(row(n, former)), row(n, value));
        Body body = new Body.Piece(Integer.toString(n), 0, true, 0, List.of(update));
        writer.append(new Sequence(n), Transactions.position(n), Transactions.time(n), body);
        System.out.println(checksums((Body.Piece) body));
        former = value;
      }
      writer.commit();
    }
  }

  private static void read(Journal journal, int changes) {
    int seen = 0;
    try (JournalReader reader = journal.open(journal.check(), 0)) {
      while (seen < changes) {
        for (JournalEntry entry : reader.poll(Duration.ofSeconds(5))) {
          if (entry.record().body() instanceof Body.Piece piece) {
            System.out.println(checksums(piece));
            seen++;
          }
        }
      }
    }
    System.out.println("tail " + journal.tail().orElseThrow().record().sequence());
  }

  private static Row row(int n, Value value) {
    return Row.of(new Value.Text(Integer.toString(n)), value);
  }

  private static String checksums(Body.Piece piece) {
    Change.Update update = (Change.Update) piece.changes().get(0);
    return piece.sourceTransaction()
        + " "
        + checksum(update.before().orElseThrow().get(1))
        + " "
        + checksum(update.after().get(1));
  }

  private static long checksum(Value value) {
    CRC32 crc = new CRC32();
    crc.update(((Value.Text) value).utf8());
    return crc.getValue();
  }

  /** Text that does not compress. */
  private static Value.Text noise(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] text = new byte[VALUE_BYTES];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) random.nextInt('!', '~');
    }
    return new Value.Text(text);
  }
}
