package io.understudy.journal.mysql;

import io.understudy.journal.MirrorException;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A byte offset in one of a server's binary log files: {@code mysql-bin.000042:1234}. Files are
 * numbered, so the points of one server are totally ordered: by the number, not by the name, which
 * grows from {@code .999999} to {@code .1000000}; then by the offset. Files of different base names
 * belong to different logs and have no order.
 *
 * @param file as the server names it, without a folder
 */
public record BinlogPoint(String file, long offset) {
  private static final Pattern FILE = Pattern.compile("([^/:;\\s]+)\\.(\\d{1,18})");

  public BinlogPoint {
    if (!FILE.matcher(file).matches()) {
      throw new IllegalArgumentException("'" + file + "' is not the name of a binary log file");
    }
    if (offset < 4) {
      throw new IllegalArgumentException("offset " + offset + " lies before a file's first event");
    }
  }

  /**
   * @throws IllegalArgumentException if {@code text} is not what {@link #toString()} prints
   */
  public static BinlogPoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + text + "' is not FILE:OFFSET");
    }
    String offset = text.substring(colon + 1);
    if (!offset.matches("\\d{1,19}")) {
      throw new IllegalArgumentException("'" + text + "' is not FILE:OFFSET");
    }
    return new BinlogPoint(text.substring(0, colon), Long.parseLong(offset));
  }

  /** The file's name without its number. */
  public String base() {
    return file.substring(0, file.lastIndexOf('.'));
  }

  long number() {
    Matcher matcher = FILE.matcher(file);
    if (!matcher.matches()) {
      throw new IllegalStateException(file);
    }
    return Long.parseLong(matcher.group(2));
  }

  /** Whether both points are of files of one log, so that {@link #compare} has an answer. */
  boolean isOfLogOf(BinlogPoint other) {
    return base().equals(other.base());
  }

  /**
   * Negative, zero, positive: before, at, behind {@code other}.
   *
   * @throws MirrorException.Invariant if the files belong to different logs
   */
  int compare(BinlogPoint other) {
    if (!isOfLogOf(other)) {
      throw new MirrorException.Invariant(
          "binary log positions " + this + " and " + other + " belong to different logs",
          "the source's log is not the one that the journal was made from;"
              + " make the mirror anew: understudy init --again");
    }
    int byFile = Long.compare(number(), other.number());
    return byFile != 0 ? byFile : Long.compare(offset, other.offset);
  }

  /** Known within one file only: how large the files between are, only the server knows. */
  OptionalLong bytesSince(BinlogPoint earlier) {
    return file.equals(earlier.file)
        ? OptionalLong.of(Math.max(0, offset - earlier.offset))
        : OptionalLong.empty();
  }

  @Override
  public String toString() {
    return file + ":" + offset;
  }
}
