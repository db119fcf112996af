package io.understudy.app.run;

import java.util.EnumSet;
import java.util.Set;

/** What a role of a running process is doing. */
public enum RoleState {
  /** Connecting, taking its role over, or finding its place. */
  STARTING,
  /** The reader follows the source's log. */
  STREAMING,
  /** The applier follows the journal. */
  FOLLOWING,
  /** The applier waits for somebody's decision; the detail says about what. */
  HELD,
  /** A database that was the source lets others only read, and is kept so. */
  FENCED,
  /** The controller watches the source, and another one leads. */
  OBSERVING,
  /** The controller watches the source, and decides. */
  LEADING,
  /** Something it needs is away; it tries again until it is back. */
  RETRYING,
  /** Ended because it was asked to. */
  STOPPED,
  /** Ended because something must be done first; the detail says what. */
  FAILED;

  /** Whether {@code next} may come after this state. */
  boolean leadsTo(RoleState next) {
    return successors().contains(next);
  }

  private Set<RoleState> successors() {
    return switch (this) {
      case STARTING, RETRYING, HELD -> EnumSet.allOf(RoleState.class);
      case OBSERVING, LEADING -> EnumSet.of(OBSERVING, LEADING, RETRYING, HELD, STOPPED, FAILED);
      case STREAMING, FOLLOWING, FENCED -> EnumSet.of(RETRYING, HELD, STOPPED, FAILED);
      case STOPPED, FAILED -> EnumSet.noneOf(RoleState.class);
    };
  }
}
