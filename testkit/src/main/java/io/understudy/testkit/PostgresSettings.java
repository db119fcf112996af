package io.understudy.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a new PostgreSQL server is like.
 *
 * @param major the version wanted, "14" to "18"; empty for the one on the class path. Others are
 *     fetched by Maven when they are first started
 * @param password of the superuser {@code postgres}, checked by SCRAM; empty: everyone is trusted
 * @param settings what is added to postgresql.conf
 * @param files texts by names, laid into the data folder for the server alone to read; only for
 *     embedded servers
 */
public record PostgresSettings(
    Optional<String> major,
    Optional<String> password,
    Map<String, String> settings,
    Map<String, String> files) {
  public PostgresSettings {
    settings = Map.copyOf(settings);
    files = Map.copyOf(files);
  }

  /**
   * Ready to be a source: logical decoding is on. Nothing is flushed to disk, which only a power
   * cut would show, and everyone is trusted.
   */
  public static PostgresSettings defaults() {
    return new PostgresSettings(
        Optional.empty(),
        Optional.empty(),
        Map.of("wal_level", "logical", "fsync", "off"),
        Map.of());
  }

  public PostgresSettings with(String setting, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(setting, value);
    return new PostgresSettings(major, password, more, files);
  }

  public PostgresSettings withPassword(String value) {
    return new PostgresSettings(major, Optional.of(value), settings, files);
  }

  public PostgresSettings withMajor(String value) {
    return new PostgresSettings(Optional.of(value), password, settings, files);
  }

  /** Takes connections by TLS as well; both texts are PEM. */
  public PostgresSettings withTls(String certificate, String key) {
    Map<String, String> more = new LinkedHashMap<>(files);
    more.put("server.crt", certificate);
    more.put("server.key", key);
    return new PostgresSettings(major, password, with("ssl", "on").settings, more);
  }

  @Override
  public String toString() {
    return "PostgresSettings[major=" + major.orElse("any") + ", settings=" + settings + "]";
  }
}
