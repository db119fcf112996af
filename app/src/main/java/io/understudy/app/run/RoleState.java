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
      case STARTING, RETRYING -> EnumSet.allOf(RoleState.class);
      case STREAMING, FOLLOWING -> EnumSet.of(RETRYING, STOPPED, FAILED);
      case STOPPED, FAILED -> EnumSet.noneOf(RoleState.class);
    };
  }
}
