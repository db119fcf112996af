package io.understudy.app.exact;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The ways to read a PostgreSQL's log that the suite runs over. */
enum Reader {
  NATIVE(", reader: native"),
  DEBEZIUM(", reader: debezium");

  private final String setting;

  Reader(String setting) {
    this.setting = setting;
  }

  /** Those that {@code -Dreaders=} names; without it, all. */
  static List<Reader> chosen() {
    String names = System.getProperty("readers", "");
    return names.isBlank()
        ? List.of(values())
        : Stream.of(names.split(","))
            .map(name -> valueOf(name.strip().toUpperCase(Locale.ROOT)))
            .toList();
  }

  /** What a database in mirror.yaml has for it. */
  String setting() {
    return setting;
  }
}
