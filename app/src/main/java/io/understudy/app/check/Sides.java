package io.understudy.app.check;

import io.understudy.app.check.Finding.Severity;
import io.understudy.journal.DatabaseProfile;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What of two databases has to fit. */
final class Sides {
  /** Clocks that are kept by the network differ by less. */
  private static final Duration CLOCKS = Duration.ofSeconds(2);

  private Sides() {}

  static void clock(DatabaseProfile profile, Findings findings) {
    Duration ahead = Duration.between(profile.asked(), profile.clock());
    if (ahead.abs().compareTo(CLOCKS) > 0) {
      findings.warning(
          "the server's clock is "
              + ahead.abs().toMillis() / 1e3
              + " s "
              + (ahead.isNegative() ? "behind" : "ahead of")
              + " this machine's",
          "lag is told by clocks, and would be told wrongly",
          "have a service keep the clocks of both machines, for example chrony");
    }
  }

  static void cautions(DatabaseProfile profile, Findings findings) {
    for (DatabaseProfile.Caution caution : profile.cautions()) {
      findings.warning(caution.what(), caution.why(), caution.remedy());
    }
  }

  /**
   * @param bare whether {@code init} will make the schema of the standby
   */
  static void compare(
      DatabaseProfile source, DatabaseProfile standby, boolean bare, Findings findings) {
    if (!standby.encoding().equals(source.encoding())) {
      findings.obstacle(
          "the database is encoded in "
              + standby.encoding()
              + ", the source's in "
              + source.encoding(),
          "characters that the one has and the other has not could not be stored",
          "CREATE DATABASE … ENCODING '"
              + source.encoding()
              + "' TEMPLATE template0, and name it here");
    }
    if (!standby.collation().equals(source.collation())) {
      findings.warning(
          "the database's order of text is "
              + standby.collation()
              + ", the source's "
              + source.collation(),
          "after a promotion text is sorted otherwise, and what was unique or in one partition may"
              + " not be",
          "make the database with the source's collation, on an operating system with the same C"
              + " library");
    }
    if (standby.major() < source.major()) {
      findings.warning(
          "the server is " + standby.product() + ", older than the source's " + source.product(),
          "what only the newer version knows cannot be on both",
          "upgrade the standby's server first, the source's after it");
    }
    extensions(source, standby, bare, findings);
  }

  private static void extensions(
      DatabaseProfile source, DatabaseProfile standby, boolean bare, Findings findings) {
    for (Map.Entry<String, String> extension : new TreeMap<>(source.extensions()).entrySet()) {
      String name = extension.getKey();
      String wanted = extension.getValue();
      String installed = standby.extensions().get(name);
      String available = standby.available().get(name);
      String quoted = '"' + name.replace("\"", "\"\"") + '"';
      if (installed == null && available == null) {
        findings.obstacle(
            "extension " + name + " is not to be had on the server",
            "the source uses it, and what is of its types cannot be on the standby without it",
            "install the package that has extension "
                + name
                + " "
                + wanted
                + " on the standby's machine");
      } else if (installed == null && !bare) {
        findings.add(
            Severity.OBSTACLE,
            "extension " + name + " is not in the database",
            "the source uses it, and what is of its types cannot be on the standby without it",
            "CREATE EXTENSION " + quoted);
      } else if (!wanted.equals(installed == null ? available : installed)) {
        findings.warning(
            "extension "
                + name
                + " is of version "
                + (installed == null ? available : installed)
                + ", the source's of "
                + wanted,
            "its types and functions may behave otherwise after a promotion",
            installed == null
                ? "install version " + wanted + " of it on the standby's machine"
                : "ALTER EXTENSION "
                    + quoted
                    + " UPDATE TO '"
                    + wanted
                    + "', on the side that is older");
      }
    }
  }
}
