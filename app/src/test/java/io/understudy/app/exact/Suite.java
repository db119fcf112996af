package io.understudy.app.exact;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All cases: {@code types.txt} times {@link ColumnOperation}, and the shapes in {@code *.sql}.
 * {@code -Dexact.cases=REGEX} takes those in whose name it is found.
 */
final class Suite {
  private static final List<String> SHAPES =
      List.of(
          "identity.sql",
          "toast.sql",
          "tables.sql",
          "layouts.sql",
          "names.sql",
          "transactions.sql");

  private Suite() {}

  /**
   * Those that the mirror must carry; {@code -Dexact.pending=true} adds those that it cannot yet.
   */
  static List<Case> cases(int major, Reader reader) {
    boolean withPending = Boolean.getBoolean("exact.pending");
    return known(major, reader).stream()
        .filter(one -> withPending || !one.isPending(major))
        .toList();
  }

  /** Those that Debezium cannot carry exactly, so that init must refuse them. */
  static List<Case> refusedByDebezium(int major) {
    return all().stream()
        .filter(one -> one.from() <= major && one.debeziumCannot().isPresent())
        .toList();
  }

  /** Those that the mirror cannot carry yet, although it should. */
  static List<Case> pending(int major, Reader reader) {
    return known(major, reader).stream().filter(one -> one.isPending(major)).toList();
  }

  private static List<Case> known(int major, Reader reader) {
    Pattern wanted = Pattern.compile(System.getProperty("exact.cases", ""));
    return all().stream()
        .filter(one -> one.from() <= major && wanted.matcher(one.name()).find())
        .filter(one -> reader != Reader.DEBEZIUM || one.debeziumCannot().isEmpty())
        .toList();
  }

  private static List<Case> all() {
    List<Case> all = new ArrayList<>();
    for (ColumnType type : types()) {
      Stream.of(ColumnOperation.values())
          .filter(operation -> operation.isFor(type))
          .forEach(operation -> all.add(operation.of(type)));
    }
    SHAPES.forEach(file -> all.addAll(CaseFile.parse(file, text(file))));
    Set<String> names = new HashSet<>();
    for (Case one : all) {
      if (!names.add(one.name())) {
        throw new IllegalStateException("two cases are called " + one.name());
      }
    }
    return all;
  }

  static List<ColumnType> types() {
    return ColumnType.parse(text("types.txt"));
  }

  private static String text(String file) {
    try (InputStream in = Suite.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
