package io.understudy.connectors.mysql;

import io.understudy.connectors.binlog.Whereabouts;
import io.understudy.journal.Position;
import io.understudy.journal.mysql.BinlogPoint;
import io.understudy.journal.mysql.GtidList;
import io.understudy.journal.mysql.MariaDbPosition;
import java.util.Optional;

/**
 * The last transaction of each domain. One server numbers its own in order; those of several may be
 * logged in any order without {@code gtid_strict_mode}.
 */
record MariaDbWhereabouts(Optional<GtidList> gtids) implements Whereabouts {

  @Override
  public Whereabouts with(String uuid, long number) {
    throw new IllegalArgumentException("a GTID of MySQL in the log of MariaDB");
  }

  @Override
  public Whereabouts with(long domain, long server, long sequence) {
    if (gtids.isEmpty()) {
      return this;
    }
    if (gtids.get().isPast(domain, server, sequence)) {
      throw MySqlWhereabouts.again(domain + "-" + server + "-" + Long.toUnsignedString(sequence));
    }
    return new MariaDbWhereabouts(gtids.map(list -> list.with(domain, server, sequence)));
  }

  @Override
  public Position at(BinlogPoint point) {
    return new MariaDbPosition(point, gtids);
  }
}
