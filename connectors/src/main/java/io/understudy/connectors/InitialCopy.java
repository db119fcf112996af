package io.understudy.connectors;

import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A snapshot of the source that shows exactly what the log before {@link #position()} made. As many
 * threads as it has {@link #sessions()} may copy at the same time; open until closed, which ends
 * what is being copied.
 */
public interface InitialCopy extends AutoCloseable {

  Position position();

  List<Relation> tables();

  /**
   * The name of the snapshot, for other programs; empty on engines that have no such names. To be
   * asked for before anything is copied.
   */
  default Optional<String> snapshot() {
    return Optional.empty();
  }

  /**
   * Who waits for a lock that this copy holds, and makes all others wait who come later; empty for
   * nobody. To be asked while nothing is copied.
   */
  default Optional<String> inTheWayOf() {
    return Optional.empty();
  }

  /** How many parts can be copied at the same time. */
  int sessions();

  /** The parts of the tables, for each table in the order of their rows. */
  List<CopyPart> parts();

  /**
   * What the binary form of a table's rows is on this server, for comparison with what a standby
   * says of its own; empty if there is none. To be asked while nothing is copied.
   */
  default Optional<String> binaryForm(Relation table) {
    return Optional.empty();
  }

  /**
   * Writes the rows of a part. As text: lines of tab-separated values in the order of the
   * relation's columns, UTF-8, {@code \N} for NULL, backslash escapes for tab, line feed, carriage
   * return and backslash: what PostgreSQL's {@code COPY} and MySQL's {@code LOAD DATA} both speak.
   *
   * <p>A value is what the log would hold: the source's text, and for a binary type its bytes in
   * the way that the engine's standby reads them. PostgreSQL: {@code \\x} and hex digits. MySQL and
   * MariaDB: hex digits alone, for BINARY, VARBINARY, BLOB and BIT; the bytes of a BIT are its
   * value, highest byte first, as many as its width takes.
   *
   * @param form {@link RowForm#BINARY} only where {@link #binaryForm} has one
   * @return the number of rows
   */
  long copy(CopyPart part, RowForm form, OutputStream out) throws IOException;

  /** Ends the snapshot; what {@link Source#prepare} made on the source stays. */
  @Override
  void close();
}
