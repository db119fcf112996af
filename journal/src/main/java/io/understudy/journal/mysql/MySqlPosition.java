package io.understudy.journal.mysql;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A place in a MySQL server's binary log, just behind a commit: the file and offset, and, where the
 * server has GTIDs, the set of all transactions up to there. Printed {@code FILE:OFFSET} or {@code
 * FILE:OFFSET;GTIDS}.
 *
 * <p>How two positions {@code a} and {@code b} compare:
 *
 * <ol>
 *   <li>Files of one log (same base name): {@code a} is after {@code b} if its file's number is
 *       higher, or the files are the same and its offset is. If both have a set, that of the later
 *       one must include that of the earlier one; otherwise the log was begun anew under the same
 *       names, and there is no answer.
 *   <li>Files of different logs, both with a set: {@code a} is after {@code b} if its set includes
 *       that of {@code b} and is not the same. If neither includes the other, there is no answer.
 *   <li>Files of different logs and a set missing: no answer.
 * </ol>
 *
 * <p>No answer is {@link MirrorException.Invariant}: the mirror stops rather than guess.
 */
public record MySqlPosition(BinlogPoint point, Optional<GtidSet> executed) implements Position {
  static final String KIND = "mysql";

  /**
   * @throws IllegalArgumentException if {@code text} is not what {@link #encoded()} prints
   */
  public static MySqlPosition parse(String text) {
    int semicolon = text.indexOf(';');
    return semicolon < 0
        ? new MySqlPosition(BinlogPoint.parse(text), Optional.empty())
        : new MySqlPosition(
            BinlogPoint.parse(text.substring(0, semicolon)),
            Optional.of(GtidSet.parse(text.substring(semicolon + 1))));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String encoded() {
    return executed.map(set -> point + ";" + set).orElseGet(point::toString);
  }

  @Override
  public boolean isAfter(Position other) {
    MySqlPosition that = of(other);
    if (!point.isOfLogOf(that.point) && executed.isPresent() && that.executed.isPresent()) {
      boolean includes = executed.get().includes(that.executed.get());
      requireOrder(includes || that.executed.get().includes(executed.get()), that);
      return includes && !executed.equals(that.executed);
    }
    int order = point.compare(that.point);
    if (executed.isPresent() && that.executed.isPresent()) {
      GtidSet later = (order >= 0 ? this : that).executed.get();
      GtidSet earlier = (order >= 0 ? that : this).executed.get();
      requireOrder(later.includes(earlier), that);
    }
    return order > 0;
  }

  private void requireOrder(boolean holds, MySqlPosition that) {
    if (!holds) {
      throw new MirrorException.Invariant(
          "binary log positions "
              + encoded()
              + " and "
              + that.encoded()
              + " do not belong to one history",
          "the source's log was begun anew or another server has taken its place;"
              + " make the mirror anew: understudy init --again");
    }
  }

  @Override
  public OptionalLong bytesSince(Position earlier) {
    return point.bytesSince(of(earlier).point);
  }

  private static MySqlPosition of(Position other) {
    if (other instanceof MySqlPosition position) {
      return position;
    }
    throw new IllegalArgumentException(
        "a MySQL position cannot be compared with one of kind " + other.kind());
  }

  @Override
  public String toString() {
    return encoded();
  }
}
