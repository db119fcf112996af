package io.understudy.journal.codec;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.Sequence;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.zip.CRC32C;

/**
 * Writes journal records as bytes and reads them back, in the format of {@code
 * docs/journal-format.md}. A record stands for itself: nothing else is needed to read it. Each
 * record has exactly one encoding, and whatever is not one is refused. Not safe for several
 * threads: it remembers the relations it has read.
 */
public final class RecordCodec {
  /** 1; 2 for a record that names a partition; 3 for one with kinds of changes that came later. */
  static final int NEWEST_VERSION = 3;

  private static final int MAGIC_1 = 'U';
  private static final int MAGIC_2 = 'J';

  private final PieceCodec pieces = new PieceCodec();

  /** As {@link #inParts}, in one array. */
  public byte[] encode(JournalRecord record) {
    return inParts(record).bytes();
  }

  /**
   * @throws MirrorException.Invariant if the record holds what the format cannot carry: text that
   *     is not valid Unicode, or a commit time beyond the year 290,000
   */
  public EncodedRecord inParts(JournalRecord record) {
    try {
      ByteWriter out = new ByteWriter();
      out.octet(MAGIC_1);
      out.octet(MAGIC_2);
      out.octet(version(record.body()));
      out.octet(record.body().accept(Kind.OF_BODY).code());
      out.text(record.mirror().value());
      out.varint(record.epoch().value());
      out.varint(record.term());
      out.varint(record.sequence().value());
      out.text(record.position().kind());
      out.text(record.position().encoded());
      out.zigzag(micros(record.commitTime()));
      record.body().accept(new BodyEncoder(out, pieces));
      return out.sealed();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new MirrorException.Invariant(
          "transaction "
              + record.sequence()
              + " of mirror "
              + record.mirror()
              + " at position "
              + record.position()
              + " cannot be written to the journal: "
              + e.getMessage(),
          "correct the value at the source; if the source prints it so, report this as a defect",
          e);
    }
  }

  /**
   * @param offset where the record stands in the journal, for the message
   * @throws MirrorException.Invariant if the bytes are not the encoding of one record, whole and
   *     undamaged
   */
  public JournalRecord decode(byte[] bytes, long offset) {
    try {
      return decode(bytes);
    } catch (Malformed | IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new MirrorException.Invariant(
          "the journal record at offset "
              + offset
              + " ("
              + bytes.length
              + " bytes) cannot be read: "
              + e.getMessage(),
          "if a newer version of Understudy wrote it, upgrade this one; otherwise the journal is"
              + " damaged or something else writes to its topic: restore the topic, or make the"
              + " mirror anew: understudy init --again",
          e);
    }
  }

  private JournalRecord decode(byte[] bytes) {
    int end = bytes.length - EncodedRecord.CHECKSUM_BYTES;
    if (end < 4) {
      throw new Malformed(bytes.length, "the record ends too early");
    }
    ByteReader in = new ByteReader(bytes, end);
    if (in.octet() != MAGIC_1 || in.octet() != MAGIC_2) {
      throw new Malformed(0, "this is not a journal record");
    }
    int version = in.octet();
    if (version < 1 || version > NEWEST_VERSION) {
      throw new Malformed(2, "format version " + version + ", known is " + NEWEST_VERSION);
    }
    requireChecksum(bytes, end);
    Kind kind = Kind.of(in.octet());
    MirrorName mirror = new MirrorName(in.text());
    Epoch epoch = new Epoch(in.counter());
    long term = in.counter();
    Sequence sequence = new Sequence(in.counter());
    Position position = position(in);
    Instant commitTime = Instant.EPOCH.plus(in.zigzag(), ChronoUnit.MICROS);
    Body body = kind.decode(in, pieces);
    in.end();
    if (version != version(body)) {
      throw new Malformed(2, "the format version is not that of what the record holds");
    }
    return new JournalRecord(mirror, epoch, term, sequence, position, commitTime, body);
  }

  private static int version(Body body) {
    if (!(body instanceof Body.Piece piece)) {
      return 1;
    }
    if (piece.changes().stream().anyMatch(RecordCodec::isOfVersion3)) {
      return 3;
    }
    boolean partitions =
        piece.changes().stream()
            .flatMap(change -> change.relations().stream())
            .anyMatch(relation -> relation.partition().isPresent());
    return partitions ? 2 : 1;
  }

  private static boolean isOfVersion3(Change change) {
    return change instanceof Change.SchemaChange || change instanceof Change.SequenceValue;
  }

  private static Position position(ByteReader in) {
    int start = in.at();
    String kind = in.text();
    String encoded = in.text();
    Position position = PositionFormat.parse(kind, encoded);
    if (!position.encoded().equals(encoded)) {
      throw new Malformed(start, "a position is not in its own form");
    }
    return position;
  }

  /** Microseconds since 1970; {@link ChronoUnit#between} would overflow in the year 2262. */
  private static long micros(Instant time) {
    long seconds = time.getEpochSecond();
    long rest = time.getNano() / 1000;
    return seconds < 0
        ? Math.addExact(Math.multiplyExact(seconds + 1, 1_000_000L), rest - 1_000_000L)
        : Math.addExact(Math.multiplyExact(seconds, 1_000_000L), rest);
  }

  private static void requireChecksum(byte[] bytes, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    int stored = 0;
    for (int i = end; i < bytes.length; i++) {
      stored = (stored << 8) | (bytes[i] & 0xFF);
    }
    if (stored != (int) crc.getValue()) {
      throw new Malformed(end, "the checksum differs: the record is damaged or cut off");
    }
  }

  private record BodyEncoder(ByteWriter out, PieceCodec pieces) implements Body.Handler<Void> {
    @Override
    public Void piece(Body.Piece piece) {
      pieces.encode(piece, out);
      return null;
    }

    @Override
    public Void heartbeat(Body.Heartbeat heartbeat) {
      return null;
    }

    @Override
    public Void marker(Body.Marker marker) {
      out.text(marker.name());
      return null;
    }

    @Override
    public Void seal(Body.Seal seal) {
      out.text(seal.successor().value());
      return null;
    }
  }
}
