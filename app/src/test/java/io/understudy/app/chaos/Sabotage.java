package io.understudy.app.chaos;

import io.understudy.app.run.Hooks;
import io.understudy.applier.JournalFeed;
import io.understudy.applier.Standby;
import io.understudy.connectors.JournalSink;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Breaks the product on purpose, in the way that the environment variable {@code SABOTAGE} names,
 * so that {@link CheckerIT} can see the checker fail. Without the variable it changes nothing. It
 * is found through {@code META-INF/services}, on the class path of the tests only.
 */
public final class Sabotage implements Hooks {
  static final String VARIABLE = "SABOTAGE";

  /** Where {@link UncheckedSink} writes to. */
  static final String BOOTSTRAP_SERVERS = "SABOTAGE_BOOTSTRAP_SERVERS";

  private final Optional<Mode> mode =
      Optional.ofNullable(System.getenv(VARIABLE))
          .map(name -> Mode.valueOf(name.toUpperCase(Locale.ROOT)));

  @Override
  public Supplier<JournalSink> takeOver(Supplier<JournalSink> takeOver) {
    String servers = System.getenv(BOOTSTRAP_SERVERS);
    if (is(Mode.SHORT_TAIL)) {
      return () -> UncheckedSink.withShortTail(takeOver.get(), servers);
    }
    return is(Mode.READER_FENCE) ? new UnfencedTakeOver(takeOver, servers) : takeOver;
  }

  @Override
  public JournalFeed.Journal journal(JournalFeed.Journal journal) {
    return mode.filter(Mode::inJournal).isPresent()
        ? new RewrittenJournal(journal, mode.get())
        : journal;
  }

  @Override
  public Standby standby(Standby standby) {
    return is(Mode.APPLIER_FENCE) ? new UnfencedStandby(standby) : standby;
  }

  private boolean is(Mode wanted) {
    return mode.equals(Optional.of(wanted));
  }

  /** What is broken. */
  enum Mode {
    /** One transaction is not applied. */
    SKIP,
    /** One transaction is applied twice. */
    TWICE,
    /** Two transactions are applied in the wrong order. */
    SWAP,
    /** One transaction is applied in two halves. */
    HALF,
    /** A reader that was replaced goes on. */
    READER_FENCE,
    /** An applier that was replaced goes on. */
    APPLIER_FENCE,
    /** A reader takes the last record but one for the journal's tail. */
    SHORT_TAIL;

    boolean inJournal() {
      return this == SKIP || this == TWICE || this == SWAP || this == HALF;
    }
  }
}
