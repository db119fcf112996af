package io.understudy.app.status;

import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.StateStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** The real journal and databases; each is opened when it is first asked. */
public final class ConnectedEnds implements MirrorEnds {
  private final Journal journal;
  private final Function<DatabaseName, Source> openSource;
  private final Function<DatabaseName, Standby> openStandby;
  private final Map<DatabaseName, Source> sources = new ConcurrentHashMap<>();
  private final Map<DatabaseName, Standby> standbys = new ConcurrentHashMap<>();
  private final AtomicReference<StateStore> state = new AtomicReference<>();

  /**
   * @param journal stays open when this is closed
   */
  public ConnectedEnds(
      Journal journal,
      Function<DatabaseName, Source> openSource,
      Function<DatabaseName, Standby> openStandby) {
    this.journal = journal;
    this.openSource = openSource;
    this.openStandby = openStandby;
  }

  @Override
  public StateStore.Facts facts() {
    if (state.get() == null) {
      state.set(journal.state());
    }
    return state.get().read();
  }

  @Override
  public Optional<JournalEntry> tail() {
    return journal.tail();
  }

  @Override
  public LogEnd logEnd(DatabaseName source) {
    return sources.computeIfAbsent(source, openSource).logEnd();
  }

  @Override
  public Optional<Progress> progress(DatabaseName standby) {
    return standbys.computeIfAbsent(standby, openStandby).progress();
  }

  @Override
  public void close() {
    sources.values().forEach(Source::close);
    standbys.values().forEach(Standby::close);
    StateStore store = state.getAndSet(null);
    if (store != null) {
      store.close();
    }
  }
}
