package io.understudy.journal.mysql;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A place in a MariaDB server's binary log, just behind a commit: the file and offset, and the last
 * GTID of each replication domain up to there. Printed {@code FILE:OFFSET} or {@code
 * FILE:OFFSET;GTIDS}.
 *
 * <p>How two positions {@code a} and {@code b} compare:
 *
 * <ol>
 *   <li>Files of one log (same base name): {@code a} is after {@code b} if its file's number is
 *       higher, or the files are the same and its offset is. The GTIDs have no say: a server
 *       without {@code gtid_strict_mode} may log them out of order.
 *   <li>Files of different logs, both with GTIDs: {@code a} is after {@code b} if it has reached
 *       {@code b} in every domain and the lists differ. If neither has reached the other, there is
 *       no answer.
 *   <li>Files of different logs and GTIDs missing: no answer.
 * </ol>
 *
 * <p>No answer is {@link MirrorException.Invariant}: the mirror stops rather than guess.
 */
public record MariaDbPosition(BinlogPoint point, Optional<GtidList> gtids) implements Position {
  static final String KIND = "mariadb";

  /**
   * @throws IllegalArgumentException if {@code text} is not what {@link #encoded()} prints
   */
  public static MariaDbPosition parse(String text) {
    int semicolon = text.indexOf(';');
    return semicolon < 0
        ? new MariaDbPosition(BinlogPoint.parse(text), Optional.empty())
        : new MariaDbPosition(
            BinlogPoint.parse(text.substring(0, semicolon)),
            Optional.of(GtidList.parse(text.substring(semicolon + 1))));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String encoded() {
    return gtids.map(list -> point + ";" + list).orElseGet(point::toString);
  }

  @Override
  public boolean isAfter(Position other) {
    MariaDbPosition that = of(other);
    if (point.isOfLogOf(that.point) || gtids.isEmpty() || that.gtids.isEmpty()) {
      return point.compare(that.point) > 0;
    }
    boolean reached = gtids.get().includes(that.gtids.get());
    if (!reached && !that.gtids.get().includes(gtids.get())) {
      throw new MirrorException.Invariant(
          "binary log positions "
              + encoded()
              + " and "
              + that.encoded()
              + " do not belong to one history",
          "another server has taken the source's place;"
              + " make the mirror anew: understudy init --again");
    }
    return reached && !gtids.equals(that.gtids);
  }

  @Override
  public OptionalLong bytesSince(Position earlier) {
    return point.bytesSince(of(earlier).point);
  }

  private static MariaDbPosition of(Position other) {
    if (other instanceof MariaDbPosition position) {
      return position;
    }
    throw new IllegalArgumentException(
        "a MariaDB position cannot be compared with one of kind " + other.kind());
  }

  @Override
  public String toString() {
    return encoded();
  }
}
