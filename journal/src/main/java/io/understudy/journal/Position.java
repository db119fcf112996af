package io.understudy.journal;

import java.util.OptionalLong;

/**
 * A place in a source's own log, just behind a commit. Each engine brings its own type and a {@link
 * PositionFormat} for it. Positions of one source are ordered as its log is; positions of different
 * engines are never compared.
 */
public interface Position {

  /** The tag of the {@link PositionFormat} that reads {@link #encoded()} back. */
  String kind();

  /** The lossless text form, as the journal and the standby's progress row keep it. */
  String encoded();

  /**
   * Whether this position lies strictly behind {@code other} in the same source's log.
   *
   * @throws IllegalArgumentException if {@code other} is of another kind
   */
  boolean isAfter(Position other);

  /** Bytes of log from {@code earlier} to here, never negative; empty if the engine cannot tell. */
  OptionalLong bytesSince(Position earlier);
}
