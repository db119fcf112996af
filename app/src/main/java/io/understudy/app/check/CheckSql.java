package io.understudy.app.check;

import io.understudy.journal.DatabaseName;
import java.util.List;

/** What removes the findings of one database, to be run there: obstacles first. */
public final class CheckSql {
  private CheckSql() {}

  /** Ends without a line break; empty if no statement removes anything. */
  public static String of(DatabaseName database, List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding.Severity severity : Finding.Severity.values()) {
      findings.stream()
          .filter(it -> it.severity() == severity && it.where().equals(database.value()))
          .filter(it -> it.statement().isPresent())
          .forEach(
              it ->
                  text.append(text.isEmpty() ? "" : "\n")
                      .append("-- ")
                      .append(it.what().lines().findFirst().orElse(""))
                      .append('\n')
                      .append(ended(it.statement().get().strip())));
    }
    return text.toString();
  }

  private static String ended(String statement) {
    return statement.endsWith(";") ? statement : statement + ";";
  }
}
