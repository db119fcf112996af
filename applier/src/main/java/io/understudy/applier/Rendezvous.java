package io.understudy.applier;

import io.understudy.journal.MirrorException;
import io.understudy.journal.TableName;
import io.understudy.journal.VerificationId;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a verifier and the applier of a standby meet, each in its own process: in that standby's
 * database, and without leaving anything there. Safe for use by several threads. Every method
 * throws {@link MirrorException} by its kind.
 */
public interface Rendezvous {

  /** The verifier's side: whoever takes a seat is waited for, until the seat is closed. */
  Seat take(VerificationId id);

  /** The applier's side: whether the verifier of that name still has its seat. */
  boolean isAwaited(VerificationId id);

  /**
   * The applier's side: shows the standby as it is now, at {@code at}, to the verifier. Returns at
   * once; the snapshot is kept until the verifier has it, for a limited time.
   */
  void show(VerificationId id, Progress at);

  /** A verifier that is waited for. Owned by one thread. */
  interface Seat extends AutoCloseable {

    /** The snapshot that the applier showed; empty if it did not within {@code timeout}. */
    Optional<StandbySnapshot> await(Duration timeout);

    /**
     * Lays rows out for the applier, which makes the standby's table have exactly these where it
     * {@link StandbySession#repair repairs}.
     *
     * @param columns of the table that can be written, in the order of the rows' values
     * @param identity the columns that tell rows apart; empty for a table without a key: then two
     *     hashes of the row do
     * @param hashed the columns that those are of
     * @param wanted the identities to put right, each a text per identity column, or the two hashes
     * @param rows what the source has of them, as lines of {@code COPY}: the columns' values; for a
     *     table without a key the two hashes and the number of rows alike stand before them
     */
    void layOut(
        TableName table,
        List<String> columns,
        List<String> identity,
        List<String> hashed,
        List<List<String>> wanted,
        InputStream rows)
        throws IOException;

    /**
     * What the applier did with what was laid out; empty if it did not within {@code timeout}.
     *
     * @throws MirrorException.Operator if it tried, and the standby refused
     */
    Optional<List<Repaired>> awaitRepair(Duration timeout);

    /** Lets the applier go on without this verifier; removes what was laid out. */
    @Override
    void close();
  }

  /** The standby's rows as they were at {@link #progress()}. Safe for use by several threads. */
  interface StandbySnapshot {
    Progress progress();

    /**
     * A read-only session of its own that sees this snapshot, in one transaction until it is
     * closed. To be opened while the {@link Seat} is; it may outlive both.
     */
    Connection open() throws SQLException;
  }

  /**
   * One identity that was laid out.
   *
   * @param identity as it was given
   */
  record Repaired(TableName table, List<String> identity, Outcome outcome) {
    public Repaired {
      identity = List.copyOf(identity);
    }
  }

  /** What putting a row right took. */
  enum Outcome {
    /** The standby lacked it. */
    INSERTED,
    /** The standby had it and the source not. */
    DELETED,
    /** The standby had it otherwise. */
    REPLACED,
    /** By then there was nothing to do: a change had come that made both alike. */
    ALIKE
  }
}
