package io.understudy.applier;

import java.util.EnumSet;
import java.util.Set;

/** What an applier is doing. */
public enum ApplierState {
  /** Taking its role over and finding its place in the journal. */
  STARTING,
  /** Applies what the journal brings. */
  FOLLOWING,
  /** Applied everything up to a seal, and the seal. */
  SEALED,
  /** Ended because it was asked to. */
  STOPPED,
  /** Ended by an error; it may be run again if that was a transient one. */
  BROKEN;

  boolean leadsTo(ApplierState next) {
    return successors().contains(next);
  }

  private Set<ApplierState> successors() {
    return switch (this) {
      case STARTING -> EnumSet.of(FOLLOWING, SEALED, STOPPED, BROKEN);
      case FOLLOWING -> EnumSet.of(SEALED, STOPPED, BROKEN);
      case SEALED, STOPPED, BROKEN -> EnumSet.of(STARTING);
    };
  }
}
