package io.understudy.connectors;

import io.understudy.journal.TableName;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tables belong to the mirror: those that an include pattern matches and no exclude pattern
 * does. A pattern is {@code schema.table}, where {@code *} stands for any characters; it is matched
 * against the whole name, case kept.
 */
public final class TablePatterns {
  private final List<String> includes;
  private final List<String> excludes;
  private final List<Pattern> include;
  private final List<Pattern> exclude;

  public TablePatterns(List<String> include, List<String> exclude) {
    this.includes = List.copyOf(include);
    this.excludes = List.copyOf(exclude);
    this.include = include.stream().map(TablePatterns::compile).toList();
    this.exclude = exclude.stream().map(TablePatterns::compile).toList();
  }

  /** The include patterns as they were given. */
  public List<String> includes() {
    return includes;
  }

  public boolean matches(TableName table) {
    String name = table.toString();
    return any(include, name) && !any(exclude, name);
  }

  /** The include patterns as one regular expression of PostgreSQL's. */
  public String includeExpression() {
    return expression(includes);
  }

  /** The exclude patterns as another; it matches no table if there are none. */
  public String excludeExpression() {
    return excludes.isEmpty() ? "^$" : expression(excludes);
  }

  private static String expression(List<String> globs) {
    return globs.stream()
        .map(
            glob ->
                glob.replaceAll("[^\\p{Alnum}_*]", "[$0]")
                    .replace("[^]", "\\^")
                    .replace("[\\]", "\\\\")
                    .replace("*", ".*"))
        .collect(Collectors.joining("|", "^(", ")$"));
  }

  private static boolean any(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  private static Pattern compile(String glob) {
    StringBuilder regex = new StringBuilder();
    int from = 0;
    for (int star = glob.indexOf('*'); star >= 0; star = glob.indexOf('*', from)) {
      regex.append(Pattern.quote(glob.substring(from, star))).append(".*");
      from = star + 1;
    }
    return Pattern.compile(
        regex.append(Pattern.quote(glob.substring(from))).toString(), Pattern.DOTALL);
  }
}
