package io.understudy.journal;

import java.util.List;

/** What a journal record says, by kind. */
public sealed interface Body {

  /** Hands itself to the method of {@code handler} that fits its kind. */
  <R> R accept(Handler<R> handler);

  /**
   * A whole transaction (piece 0, last), or a piece of a large one.
   *
   * @param sourceTransaction the source's own id of the transaction (an xid, a GTID), for people
   * @param piece 0, 1, 2, …; piece 0 of a sequence that was begun before starts that transaction
   *     anew
   * @param last whether the transaction is complete with this piece
   * @param changesBefore how many changes of this transaction the earlier pieces hold
   */
  record Piece(
      String sourceTransaction, int piece, boolean last, long changesBefore, List<Change> changes)
      implements Body {
    public Piece {
      changes = List.copyOf(changes);
      if (piece < 0 || changesBefore < 0 || (piece == 0 && changesBefore != 0)) {
        throw new IllegalArgumentException(
            "piece " + piece + " with " + changesBefore + " changes before it");
      }
    }

    Piece withoutChanges() {
      return new Piece(sourceTransaction, piece, last, changesBefore, List.of());
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.piece(this);
    }
  }

  /**
   * The source's log has been read up to the header's position, and held nothing more for this
   * mirror.
   */
  record Heartbeat() implements Body {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.heartbeat(this);
    }
  }

  /**
   * A named point in the journal: the first record of every journal is the marker {@link #BEGIN}.
   */
  record Marker(String name) implements Body {
    /** The journal's first record: its header holds the position that the initial copy shows. */
    public static final String BEGIN = "begin";

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.marker(this);
    }
  }

  /**
   * Ends the epoch: nothing of that epoch follows. {@code successor} is the database that becomes
   * the source.
   */
  record Seal(DatabaseName successor) implements Body {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.seal(this);
    }
  }

  /** One method a kind. */
  interface Handler<R> {
    R piece(Piece piece);

    R heartbeat(Heartbeat heartbeat);

    R marker(Marker marker);

    R seal(Seal seal);
  }
}
