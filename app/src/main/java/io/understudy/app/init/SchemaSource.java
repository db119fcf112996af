package io.understudy.app.init;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.schema.SchemaCopy;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The source's schema, for the standbys that want it. Owned by one thread. */
final class SchemaSource implements AutoCloseable {
  private final MirrorConfig config;
  private final DatabaseName source;
  private final List<DatabaseSettings> standbys;
  private final List<SchemaCopy> former = new ArrayList<>();
  private SchemaCopy dumped;

  /**
   * @param standbys those that want it
   */
  SchemaSource(MirrorConfig config, DatabaseName source, List<DatabaseSettings> standbys) {
    this.config = config;
    this.source = source;
    this.standbys = List.copyOf(standbys);
  }

  /** As it was when it was last taken. */
  SchemaCopy get() {
    return Objects.requireNonNull(dumped, "taken before it is made");
  }

  /** From here on as a snapshot of the source shows it. */
  void takeAt(Optional<String> snapshot) throws InterruptedException {
    if (standbys.isEmpty()) {
      return;
    }
    if (dumped != null) {
      dumped.close();
    }
    dumped =
        SchemaCopy.of(
            config.mirror(),
            config.database(source),
            standbys,
            config.pgDump(),
            System.getenv(),
            snapshot);
  }

  /**
   * As an interrupted {@code init} took it.
   *
   * @param archive what that one remembered
   */
  SchemaCopy former(byte[] archive) throws InterruptedException {
    SchemaCopy copy =
        SchemaCopy.of(
            config.mirror(),
            config.database(source),
            standbys,
            config.pgDump(),
            System.getenv(),
            archive);
    former.add(copy);
    return copy;
  }

  @Override
  public void close() {
    if (dumped != null) {
      dumped.close();
    }
    former.forEach(SchemaCopy::close);
  }
}
