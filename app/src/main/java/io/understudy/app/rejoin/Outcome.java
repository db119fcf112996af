package io.understudy.app.rejoin;

import io.understudy.journal.DatabaseName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What came of looking through a former source, or of taking it back.
 *
 * @param report empty if that was seen to before
 * @param file where the report is
 * @param follows whether the database is a standby now
 */
public record Outcome(
    DatabaseName database, Optional<Report> report, Optional<Path> file, boolean follows) {

  public int transactions() {
    return report.map(it -> it.transactions().size()).orElse(0);
  }

  public int changes() {
    return report.map(Report::changes).orElse(0);
  }

  public long conflicts() {
    return report.map(Report::conflicts).orElse(0L);
  }

  public List<String> obstacles() {
    return report.map(Report::obstacles).orElse(List.of());
  }

  /** The readable form of the report. */
  public Optional<Path> text() {
    return file.map(ReportFiles::text);
  }

  public String summary() {
    return report.map(ReportText::summary).orElse(database + " was taken back before");
  }
}
