package io.understudy.app.check;

import io.understudy.app.check.Finding.Severity;
import java.util.List;

/** Findings for people: obstacles first, warnings apart. */
public final class CheckText {
  private CheckText() {}

  /** Ends without a line break. */
  public static String of(List<Finding> findings) {
    List<Finding> obstacles = of(findings, Severity.OBSTACLE);
    List<Finding> warnings = of(findings, Severity.WARNING);
    StringBuilder text = new StringBuilder();
    list("OBSTACLES", obstacles, text);
    list("WARNINGS", warnings, text);
    return text.append(count(obstacles, "obstacle"))
        .append(", ")
        .append(count(warnings, "warning"))
        .append(
            obstacles.isEmpty()
                ? ": the mirror can be made, or run"
                : ": do what stands behind 'fix', then check again")
        .toString();
  }

  private static List<Finding> of(List<Finding> findings, Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).toList();
  }

  private static void list(String heading, List<Finding> findings, StringBuilder text) {
    if (findings.isEmpty()) {
      return;
    }
    text.append(heading).append('\n');
    int number = 0;
    for (Finding finding : findings) {
      text.append(String.format("%3d. %s: %s%n", ++number, finding.where(), finding.what()))
          .append("     why: ")
          .append(finding.why())
          .append("\n     fix: ")
          .append(finding.remedy())
          .append('\n');
    }
    text.append('\n');
  }

  private static String count(List<Finding> findings, String what) {
    return findings.size() + " " + what + (findings.size() == 1 ? "" : "s");
  }
}
