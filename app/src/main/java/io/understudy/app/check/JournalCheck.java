package io.understudy.app.check;

import io.understudy.app.config.JournalSettings;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.JournalConnection;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks at the brokers, and at the journal if there is one. An embedded broker that has a journal
 * is asked, too: started for that moment if none runs, as every other command does.
 */
final class JournalCheck {
  private static final long ROOM = 1L << 30;

  private final MirrorConfig config;
  private final Findings findings;

  JournalCheck(MirrorConfig config, Findings findings) {
    this.config = config;
    this.findings = findings;
  }

  Check.Standing look() throws InterruptedException {
    if (config.journal().brokers() instanceof JournalSettings.Embedded embedded) {
      folder(embedded.folder());
      if (!Files.exists(embedded.folder().resolve("data"))) {
        return new Check.Standing(config.source(), false);
      }
    }
    return findings.look(this::cluster).orElse(new Check.Standing(config.source(), false));
  }

  private Check.Standing cluster() throws InterruptedException {
    try (JournalConnection connection = JournalConnection.open(config)) {
      Journal journal = connection.journal();
      findings.look(
          () -> {
            journal.requireFitBrokers();
            return true;
          });
      for (String warning : journal.prospects()) {
        int colon = warning.indexOf(": ");
        findings.warning(
            warning.substring(0, colon),
            warning.substring(colon + 2),
            "see journal.replication-factor and journal.retention of the configuration, and the"
                + " topic's own settings (kafka-configs.sh --alter)");
      }
      if (!journal.exists()) {
        return new Check.Standing(config.source(), false);
      }
      try (StateStore state = journal.state()) {
        Optional<MirrorFacts> facts = state.read().mirror();
        return new Check.Standing(
            facts.map(MirrorFacts::source).orElse(config.source()),
            facts.filter(it -> it.state() != MirrorFacts.State.INITIALIZING).isPresent());
      }
    }
  }

  private void folder(Path folder) {
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      findings.obstacle(
          "folder " + there + " cannot be written",
          "the embedded journal is to be in " + folder,
          "make it writable for this user, or name another one in journal.embedded");
      return;
    }
    long free = there.toFile().getUsableSpace();
    if (free < ROOM) {
      findings.warning(
          String.format(
              Locale.ROOT, "the disk of %s has %.0f MiB left", folder, free / (double) (1 << 20)),
          "the journal keeps "
              + config.journal().retention().toHours()
              + " hours of changes there, and stops when the disk is full",
          "make room, or name a folder on another disk in journal.embedded");
    }
  }
}
