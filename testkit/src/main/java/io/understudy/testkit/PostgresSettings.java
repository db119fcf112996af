package io.understudy.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a new PostgreSQL server is like.
 *
 * @param major the version wanted, such as "18"; empty for the one at hand
 * @param password of the superuser {@code postgres}, checked by SCRAM; empty: everyone is trusted
 * @param settings what is added to postgresql.conf
 */
public record PostgresSettings(
    Optional<String> major, Optional<String> password, Map<String, String> settings) {
  public PostgresSettings {
    settings = Map.copyOf(settings);
  }

  /**
   * Ready to be a source: logical decoding is on. Nothing is flushed to disk, which only a power
   * cut would show, and everyone is trusted.
   */
  public static PostgresSettings defaults() {
    return new PostgresSettings(
        Optional.empty(), Optional.empty(), Map.of("wal_level", "logical", "fsync", "off"));
  }

  public PostgresSettings with(String setting, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(setting, value);
    return new PostgresSettings(major, password, more);
  }

  public PostgresSettings withPassword(String value) {
    return new PostgresSettings(major, Optional.of(value), settings);
  }

  public PostgresSettings withMajor(String value) {
    return new PostgresSettings(Optional.of(value), password, settings);
  }

  @Override
  public String toString() {
    return "PostgresSettings[major=" + major.orElse("any") + ", settings=" + settings + "]";
  }
}
