package io.understudy.connectors.mysql;

import io.understudy.connectors.binlog.Whereabouts;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.mysql.BinlogPoint;
import io.understudy.journal.mysql.GtidSet;
import io.understudy.journal.mysql.MySqlPosition;
import java.util.Optional;

/**
 * The set of transactions so far, if the server had GTIDs where the mirror began. One that comes a
 * second time tells of a log that was begun anew.
 */
record MySqlWhereabouts(Optional<GtidSet> executed) implements Whereabouts {

  @Override
  public Whereabouts with(String uuid, long number) {
    if (executed.isEmpty()) {
      return this;
    }
    GtidSet more = executed.get().plus(uuid, number);
    if (more.equals(executed.get())) {
      throw again(uuid + ":" + number);
    }
    return new MySqlWhereabouts(Optional.of(more));
  }

  static MirrorException again(String transaction) {
    return new MirrorException.Invariant(
        "the source's log holds transaction " + transaction + " behind the place where it was",
        "the log was begun anew (RESET MASTER), or the source was restored from a backup;"
            + " make the mirror anew: understudy init --again");
  }

  @Override
  public Whereabouts with(long domain, long server, long sequence) {
    throw new IllegalArgumentException("a GTID of MariaDB in the log of MySQL");
  }

  @Override
  public Position at(BinlogPoint point) {
    return new MySqlPosition(point, executed);
  }
}
