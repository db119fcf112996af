package io.understudy.journal.codec;

import io.understudy.journal.Change;
import io.understudy.journal.TableName;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Where a sequence stands: its name, flags, the value, and how fast it went. */
final class SequenceCodec {
  private static final int CALLED = 1;

  private SequenceCodec() {}

  static void encode(Change.SequenceValue value, ByteWriter out) {
    out.octet(value.called() ? CALLED : 0);
    out.text(value.sequence().schema());
    out.text(value.sequence().table());
    out.zigzag(value.last());
    out.varint(value.steps());
    Duration within = value.within();
    out.varint(
        Math.addExact(
            Math.multiplyExact(within.getSeconds(), 1_000_000L), within.getNano() / 1000));
  }

  static Change.SequenceValue decode(ByteReader in) {
    int at = in.at();
    int flags = in.octet();
    if ((flags & ~CALLED) != 0) {
      throw new Malformed(at, "unknown flags " + flags + " of a sequence's value");
    }
    TableName sequence = new TableName(in.text(), in.text());
    long last = in.zigzag();
    long steps = in.counter();
    Duration within = Duration.of(in.counter(), ChronoUnit.MICROS);
    return new Change.SequenceValue(sequence, last, flags == CALLED, steps, within);
  }
}
