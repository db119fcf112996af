package io.understudy.connectors;

import io.understudy.journal.Position;
import java.util.function.Consumer;

/** The log of a database while that one becomes the source, or ceases to be. */
public interface LogChange {

  /**
   * Makes the log of a standby fit to be read, and keeps it from here on; what is there is used as
   * it is. Changes nothing that the standby shows, and waits for transactions under way to end.
   *
   * @throws io.understudy.journal.MirrorException.Operator if they do not within 25 s, or one of
   *     them not within 10 s, with their names; or if the log cannot be read there at all
   */
  void prepare();

  /**
   * Completes {@link #prepare} for tables that came since, and tells where the log stands: all that
   * was committed so far lies before it, and nothing else does.
   */
  LogEnd begin();

  /**
   * How many transactions that change mirrored tables the log holds behind {@code position}. Nobody
   * may be reading it.
   */
  long transactionsBehind(Position position);

  /**
   * Hands out what was committed behind {@code position}, in order, with all that the log has of
   * former rows. The log keeps it, and is not moved. Nobody may be reading it.
   *
   * @throws io.understudy.journal.MirrorException.Refused if the log does not hold all of it
   */
  void read(Position position, Consumer<LogEvent> sink) throws InterruptedException;
}
