package io.understudy.connectors.binlog;

import io.understudy.journal.Position;
import io.understudy.journal.mysql.BinlogPoint;

/**
 * The transactions that lie before a place in the log, by the server's own numbers: what MySQL and
 * MariaDB do differently about positions. Immutable.
 */
public interface Whereabouts {

  /** With one transaction of MySQL more. */
  Whereabouts with(String uuid, long number);

  /** With one transaction of MariaDB more. */
  Whereabouts with(long domain, long server, long sequence);

  Position at(BinlogPoint point);
}
