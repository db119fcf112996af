package io.understudy.connectors.binlog;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement of the log cut into words, names and single signs, without comments; what stands in a
 * comment for the server's own versions ({@code /*! … *}{@code /}) belongs to the statement. String
 * literals are kept out: nothing that is asked here hides in one.
 */
final class Words {
  /**
   * @param quoted whether it is a name in back ticks or double quotes
   */
  record Word(String text, boolean quoted) {
    boolean is(String keyword) {
      return !quoted && text.equalsIgnoreCase(keyword);
    }

    boolean isName() {
      return quoted
          || Character.isLetterOrDigit(text.charAt(0))
          || "_$".contains(text.substring(0, 1));
    }
  }

  private final String sql;
  private final List<Word> words = new ArrayList<>();
  private int at;

  private Words(String sql) {
    this.sql = sql;
  }

  static List<Word> of(String sql) {
    Words words = new Words(sql);
    while (words.at < sql.length()) {
      words.next();
    }
    return words.words;
  }

  private void next() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (c == '#' || isDashes()) {
      skipPast("\n");
    } else if (sql.startsWith("/*!", at) || sql.startsWith("/*M!", at)) {
      at = sql.indexOf('!', at) + 1;
      while (at < sql.length() && Character.isDigit(sql.charAt(at))) {
        at++;
      }
    } else if (sql.startsWith("/*", at)) {
      skipPast("*/");
    } else if (sql.startsWith("*/", at)) {
      at += 2;
    } else if (c == '\'') {
      quoted(c, true);
    } else if (c == '`' || c == '"') {
      words.add(new Word(quoted(c, c == '"'), true));
    } else if (isWordPart(c)) {
      int from = at;
      while (at < sql.length() && isWordPart(sql.charAt(at))) {
        at++;
      }
      words.add(new Word(sql.substring(from, at), false));
    } else {
      words.add(new Word(String.valueOf(c), false));
      at++;
    }
  }

  private boolean isDashes() {
    return sql.startsWith("--", at)
        && (at + 2 == sql.length() || Character.isWhitespace(sql.charAt(at + 2)));
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
  }

  private void skipPast(String end) {
    int found = sql.indexOf(end, at);
    at = found < 0 ? sql.length() : found + end.length();
  }

  private String quoted(char quote, boolean backslashes) {
    StringBuilder text = new StringBuilder();
    for (at++; at < sql.length(); at++) {
      char c = sql.charAt(at);
      if (c == '\\' && backslashes && at + 1 < sql.length()) {
        text.append(sql.charAt(++at));
      } else if (c != quote) {
        text.append(c);
      } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        text.append(c);
        at++;
      } else {
        at++;
        break;
      }
    }
    return text.toString();
  }
}
