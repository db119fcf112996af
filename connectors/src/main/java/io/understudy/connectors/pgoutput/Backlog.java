package io.understudy.connectors.pgoutput;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.connectors.slot.SchemaMessages;
import io.understudy.connectors.slot.SlotSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** All that a slot holds, looked at without consuming any of it. */
public final class Backlog {
  private Backlog() {}

  /**
   * @param own tells the mirror's messages from those of others
   * @param after the end of the last commit that is not to be handed out
   * @param sink may throw to end the reading
   */
  public static void read(
      SlotSettings settings, OwnMessages own, Lsn after, LogHost host, Consumer<LogEvent> sink)
      throws SQLException, InterruptedException {
    Decoder decoder =
        new Decoder(
            new Tables(settings.tables(), host::relation, true),
            own,
            new SchemaMessages(settings.holdSchemaChanges()),
            after,
            sink::accept);
    Session session = new Session(host);
    Connection connection = session.plain();
    try {
      CopyRows rows = new CopyRows(decoder);
      CopyOut copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut(CopyRows.query(settings, OptionalInt.empty()));
      for (byte[] chunk = copy.readFromCopy(); chunk != null; chunk = copy.readFromCopy()) {
        rows.accept(chunk);
      }
      if (!rows.ended() || !decoder.isBetweenTransactions()) {
        throw new MirrorException.Invariant(
            "the backlog of slot " + settings.slot() + " ended inside a transaction",
            "report this: nothing was changed");
      }
    } finally {
      session.end();
    }
  }
}
