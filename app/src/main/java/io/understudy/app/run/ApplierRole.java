package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.applier.Applier;
import io.understudy.applier.ApplierLimits;
import io.understudy.applier.ApplierState;
import io.understudy.applier.Standby;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.RoleReport;

/** Replays the journal onto one standby. */
final class ApplierRole implements Role {
  private final DatabaseName database;
  private final Applier applier;

  ApplierRole(
      MirrorConfig config, Journal journal, DatabaseName database, Standby standby, String owner) {
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
    if (applier.run(atWork) == ApplierState.SEALED) {
      throw new MirrorException.Superseded(
          "the journal is sealed, and "
              + database
              + " has applied all of it: another database becomes the source (see understudy status)");
    }
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
