package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.SlotSettings;
import io.understudy.journal.postgres.Quoting;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Takes log messages out of the rows of a binary {@code COPY} with one column, as they come: no
 * more than what the driver received at once is in memory. The format is that of PostgreSQL's
 * documentation, "COPY", "Binary Format".
 */
final class CopyRows {
  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int TRAILER = 0xFFFF;

  private final Decoder decoder;
  private boolean begun;
  private boolean ended;
  private int rows;

  CopyRows(Decoder decoder) {
    this.decoder = decoder;
  }

  /**
   * What has the server send such rows, of what a slot holds; the slot is looked at, not moved.
   *
   * @param most about so many messages; empty for all
   */
  static String query(SlotSettings settings, OptionalInt most) {
    return "COPY (SELECT data FROM pg_logical_slot_peek_binary_changes("
        + Quoting.literal(settings.slot())
        + ", NULL, "
        + (most.isPresent() ? Integer.toString(most.getAsInt()) : "NULL")
        + ", 'proto_version', '1', 'publication_names', "
        + Quoting.literal(Quoting.name(settings.publication()))
        + ", 'messages', 'true')) TO STDOUT (FORMAT binary)";
  }

  /**
   * @param chunk whole rows, in front of the first ones the header
   */
  void accept(byte[] chunk) throws InterruptedException, SQLException {
    Wire wire = new Wire(chunk, 0, chunk.length, decoder.committed());
    if (!begun) {
      header(wire);
      begun = true;
    }
    while (!wire.isAtEnd()) {
      int columns = wire.int16();
      if (columns == TRAILER) {
        wire.requireEnd();
        ended = true;
        return;
      }
      if (columns != 1 || ended) {
        throw wire.broken("is no row of one column");
      }
      int from = wire.passCounted();
      decoder.accept(chunk, from, wire.position());
      rows++;
    }
  }

  private static void header(Wire wire) {
    byte[] signature = new byte[SIGNATURE.length];
    for (int i = 0; i < signature.length; i++) {
      signature[i] = wire.int8();
    }
    int flags = wire.int32();
    if (!Arrays.equals(signature, SIGNATURE) || flags != 0) {
      throw wire.broken("begins no binary copy");
    }
    wire.passCounted(); // an extension of the header
  }

  /** Whether all rows have come. */
  boolean ended() {
    return ended;
  }

  int rows() {
    return rows;
  }
}
