package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.applier.Applier;
import io.understudy.applier.ApplierLimits;
import io.understudy.applier.ApplierState;
import io.understudy.applier.Standby;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.RoleReport;

/** Replays the journal onto one standby. */
final class ApplierRole implements Role {
  private final Epoch reign;
  private final DatabaseName database;
  private final Applier applier;

  /**
   * @param reign the epoch of the source that the standby is to follow
   */
  ApplierRole(
      MirrorConfig config,
      Journal journal,
      Epoch reign,
      DatabaseName database,
      Standby standby,
      String owner) {
    this.reign = reign;
    this.database = database;
    this.applier =
        new Applier(
            config.mirror(),
            database,
            Hooks.installed().standby(standby),
            Hooks.installed().journal(new JournalFeeds(journal)),
            limits(config),
            owner);
  }

  static ApplierLimits limits(MirrorConfig config) {
    ApplierLimits defaults = ApplierLimits.DEFAULT;
    return new ApplierLimits(
        defaults.transactions(),
        config.applier().maxGroupChanges(),
        config.applier().maxGroupBytes(),
        config.applier().maxGroupTime(),
        defaults.pollTimeout());
  }

  @Override
  public String name() {
    return RoleReport.applier(database);
  }

  @Override
  public void run(Runnable atWork) throws InterruptedException {
    Runnable onFollowing = atWork;
    while (applier.run(onFollowing) == ApplierState.SEALED) {
      if (!isBehindReign()) {
        throw new MirrorException.Superseded(
            "the journal is sealed, and "
                + database
                + " has applied all of it: another database becomes the source (see understudy status)");
      }
      onFollowing = () -> {}; // it is at work already
    }
  }

  /** Whether the seal is one of those that a standby passes that was away when they were set. */
  private boolean isBehindReign() {
    return applier.status().applied().filter(it -> it.epoch().compareTo(reign) < 0).isPresent();
  }

  @Override
  public RoleState working() {
    return RoleState.FOLLOWING;
  }

  @Override
  public void stop() {
    applier.stop();
  }
}
