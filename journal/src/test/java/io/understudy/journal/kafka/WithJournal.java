package io.understudy.journal.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One broker for all tests of a run that ask for a {@link JournalFixture}; none may kill it. */
final class WithJournal implements ParameterResolver {
  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(WithJournal.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == JournalFixture.class;
  }

  @Override
  public JournalFixture resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(HERE)
        .getOrComputeIfAbsent("journal", key -> Running.start(), Running.class)
        .fixture;
  }

  /** Closed by JUnit at the end of the run. */
  private record Running(Path directory, JournalFixture fixture) implements AutoCloseable {

    static Running start() {
      try {
        Path directory = Files.createTempDirectory("journal");
        return new Running(directory, new JournalFixture(directory));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the broker started", e);
      }
    }

    @Override
    public void close() throws IOException {
      fixture.close();
      List<Path> left;
      try (Stream<Path> found = Files.walk(directory)) {
        left = found.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : left) {
        Files.delete(path);
      }
    }
  }
}
