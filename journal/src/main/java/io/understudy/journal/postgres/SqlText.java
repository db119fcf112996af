package io.understudy.journal.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One statement of a text in PostgreSQL's SQL, cut into tokens by the server's rules: PostgreSQL's
 * documentation, "Lexical Structure". Understands of it as much as is needed to tell statements
 * apart, and what kind a statement is that changes the schema.
 */
public final class SqlText {
  private static final Set<String> MODIFIERS =
      Set.of(
          "OR",
          "REPLACE",
          "GLOBAL",
          "LOCAL",
          "TEMP",
          "TEMPORARY",
          "UNLOGGED",
          "RECURSIVE",
          "UNIQUE",
          "DEFAULT",
          "TRUSTED",
          "PROCEDURAL",
          "CONSTRAINT");

  private static final List<String> KINDS =
      List.of(
          "MATERIALIZED VIEW",
          "FOREIGN TABLE",
          "FOREIGN DATA WRAPPER",
          "EVENT TRIGGER",
          "TEXT SEARCH CONFIGURATION",
          "TEXT SEARCH DICTIONARY",
          "TEXT SEARCH PARSER",
          "TEXT SEARCH TEMPLATE",
          "OPERATOR CLASS",
          "OPERATOR FAMILY",
          "ACCESS METHOD",
          "USER MAPPING",
          "DEFAULT PRIVILEGES",
          "LARGE OBJECT");

  /** Whatever is done to them, no event trigger sees it. */
  private static final Set<String> SHARED =
      Set.of("DATABASE", "ROLE", "TABLESPACE", "PARAMETER", "EVENT");

  private static final String CONCURRENTLY = "CONCURRENTLY";
  private static final String FINALIZE = "FINALIZE";

  private record Token(String text, String word, int from, int depth) {
    boolean is(String expected) {
      return word.equals(expected);
    }

    boolean isWord() {
      return !word.isEmpty();
    }
  }

  private final String text;
  private final List<Token> tokens;

  private SqlText(String text, List<Token> tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  /**
   * The statements of a text, in order, without empty ones.
   *
   * @param backslashes whether a backslash escapes in every string, which the setting {@code
   *     standard_conforming_strings = off} means
   */
  public static List<SqlText> statements(String sql, boolean backslashes) {
    List<SqlText> statements = new ArrayList<>();
    List<Token> tokens = new ArrayList<>();
    Lexer lexer = new Lexer(sql, backslashes);
    int blocks = 0;
    for (Token token = lexer.next(); token != null; token = lexer.next()) {
      if (token.text().equals(";") && token.depth() == 0 && blocks == 0) {
        add(sql, tokens, token.from(), statements);
        tokens = new ArrayList<>();
        continue;
      }
      blocks = Math.max(0, blocks + opens(tokens, token, blocks));
      tokens.add(token);
    }
    add(sql, tokens, sql.length(), statements);
    return statements;
  }

  /** The body of a function in SQL may be a block of statements: BEGIN ATOMIC … END. */
  private static int opens(List<Token> before, Token token, int blocks) {
    boolean atomic =
        token.is("ATOMIC") && !before.isEmpty() && before.get(before.size() - 1).is("BEGIN");
    if (atomic || (blocks > 0 && token.is("CASE"))) {
      return 1;
    }
    return blocks > 0 && token.is("END") ? -1 : 0;
  }

  private static void add(String sql, List<Token> tokens, int to, List<SqlText> statements) {
    if (!tokens.isEmpty()) {
      int from = tokens.get(0).from();
      List<Token> moved =
          tokens.stream()
              .map(t -> new Token(t.text(), t.word(), t.from() - from, t.depth()))
              .toList();
      statements.add(new SqlText(sql.substring(from, to).strip(), moved));
    }
  }

  /** Without what stands around it: comments before it, blanks, the semicolon. */
  public String text() {
    return text;
  }

  /** Whether the statement begins with these words, in upper case. */
  public boolean begins(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (i >= tokens.size() || !tokens.get(i).is(words[i])) {
        return false;
      }
    }
    return true;
  }

  /** The name that it ends with, as the server folds it; empty if it ends with something else. */
  public String lastName() {
    String last = tokens.isEmpty() ? "" : tokens.get(tokens.size() - 1).text();
    return last.startsWith("\"")
        ? last.substring(1, last.length() - 1)
        : last.toLowerCase(Locale.ROOT);
  }

  /**
   * Whether a name stands in it outside of strings and comments.
   *
   * @param name in quotes where it needs them, as the server prints it
   */
  public boolean names(String name) {
    if (name.startsWith("\"") && name.indexOf('"', 1) < name.length() - 1) {
      return text.contains(name); // the lexer makes two tokens of a doubled quote
    }
    return tokens.stream()
        .anyMatch(
            t ->
                t.text().equals(name)
                    || t.text().equals('"' + name + '"')
                    || (t.isWord() && t.word().equalsIgnoreCase(name)));
  }

  /**
   * The server's name for statements of this kind, as event triggers are told it; empty for one
   * that they are not told of, and for {@code SELECT INTO}.
   */
  public String tag() {
    if (tokens.isEmpty()) {
      return "";
    }
    return switch (tokens.get(0).word()) {
      case "CREATE" -> created();
      case "ALTER", "DROP" -> tokens.get(0).word() + " " + kind(begins1("PROCEDURAL") ? 2 : 1);
      case "GRANT", "REVOKE" -> privilege();
      case "COMMENT" -> shared("ON") ? "" : "COMMENT";
      case "REFRESH" -> "REFRESH MATERIALIZED VIEW";
      case "SECURITY" -> shared("ON") ? "" : "SECURITY LABEL";
      case "IMPORT" -> "IMPORT FOREIGN SCHEMA";
      case "REASSIGN" -> "REASSIGN OWNED";
      default -> "";
    };
  }

  private boolean begins1(String word) {
    return tokens.size() > 1 && tokens.get(1).is(word);
  }

  private String created() {
    int at = 1;
    while (at < tokens.size() && MODIFIERS.contains(tokens.get(at).word())) {
      at++;
    }
    String kind = kind(at);
    boolean filled = kind.equals("TABLE") && outside("AS").isPresent();
    return "CREATE " + kind + (filled ? " AS" : "");
  }

  private String privilege() {
    Optional<Integer> on = outside("ON");
    if (on.isEmpty()) {
      return tokens.get(0).word() + " ROLE";
    }
    return shared("ON") ? "" : tokens.get(0).word();
  }

  private boolean shared(String behind) {
    return outside(behind)
        .filter(at -> at + 1 < tokens.size())
        .map(at -> SHARED.contains(tokens.get(at + 1).word()))
        .orElse(false);
  }

  /** Where a word stands outside of all parentheses. */
  private Optional<Integer> outside(String word) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).depth() == 0 && tokens.get(i).is(word)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private String kind(int at) {
    StringBuilder words = new StringBuilder();
    for (int i = at; i < Math.min(at + 3, tokens.size()) && tokens.get(i).isWord(); i++) {
      words.append(words.isEmpty() ? "" : " ").append(tokens.get(i).word());
    }
    String found = words.toString();
    return KINDS.stream()
        .filter(kind -> found.equals(kind) || found.startsWith(kind + " "))
        .findFirst()
        .orElse(found.isEmpty() ? "" : found.split(" ", 2)[0]);
  }

  /**
   * The same for a transaction that does more: without {@code CONCURRENTLY}, and without the {@code
   * FINALIZE} that completes such a detaching after an interruption.
   */
  public String inTransaction() {
    boolean altered = begins("ALTER", "TABLE");
    if (altered && tokens.get(tokens.size() - 1).is(FINALIZE) && outside("DETACH").isPresent()) {
      return text.substring(0, tokens.get(tokens.size() - 1).from());
    }
    boolean may = altered || begins("CREATE") || begins("DROP", "INDEX");
    Optional<Integer> word = may ? outside(CONCURRENTLY) : Optional.empty();
    if (word.isEmpty()) {
      return text;
    }
    int from = tokens.get(word.get()).from();
    return text.substring(0, from) + text.substring(from + CONCURRENTLY.length());
  }

  /** Reads tokens off a text. */
  private static final class Lexer {
    private final String sql;
    private final boolean backslashes;
    private int at;
    private int depth;

    Lexer(String sql, boolean backslashes) {
      this.sql = sql;
      this.backslashes = backslashes;
    }

    /** Null at the end. */
    Token next() {
      skip();
      if (at >= sql.length()) {
        return null;
      }
      int from = at;
      char c = sql.charAt(at);
      if (c == '\'') {
        string(backslashes);
      } else if (c == '"') {
        quoted('"');
      } else if (c == '$' && dollarTag() != null) {
        dollar(dollarTag());
      } else if (isWordStart(c)) {
        return word(from);
      } else {
        at++;
        depth = c == '(' ? depth + 1 : c == ')' ? Math.max(0, depth - 1) : depth;
      }
      return new Token(sql.substring(from, at), "", from, c == '(' ? depth - 1 : depth);
    }

    private Token word(int from) {
      while (at < sql.length() && (isWordStart(sql.charAt(at)) || isWordPart(sql.charAt(at)))) {
        at++;
      }
      String word = sql.substring(from, at);
      boolean stringFollows = at < sql.length() && sql.charAt(at) == '\'';
      if (stringFollows && word.equalsIgnoreCase("E")) {
        string(true);
        return new Token(sql.substring(from, at), "", from, depth);
      }
      return new Token(word, word.toUpperCase(Locale.ROOT), from, depth);
    }

    private void skip() {
      while (at < sql.length()) {
        if (Character.isWhitespace(sql.charAt(at))) {
          at++;
        } else if (sql.startsWith("--", at)) {
          int end = sql.indexOf('\n', at);
          at = end < 0 ? sql.length() : end;
        } else if (sql.startsWith("/*", at)) {
          comment();
        } else {
          return;
        }
      }
    }

    /** They nest. */
    private void comment() {
      int open = 0;
      do {
        if (sql.startsWith("/*", at)) {
          open++;
          at += 2;
        } else if (sql.startsWith("*/", at)) {
          open--;
          at += 2;
        } else {
          at++;
        }
      } while (open > 0 && at < sql.length());
    }

    private void string(boolean escapes) {
      if (!escapes) {
        quoted('\'');
        return;
      }
      at++;
      while (at < sql.length()) {
        char c = sql.charAt(at++);
        if (c == '\\') {
          at++;
        } else if (c == '\'') {
          if (at >= sql.length() || sql.charAt(at) != '\'') {
            break;
          }
          at++;
        }
      }
      at = Math.min(at, sql.length());
    }

    /** A doubled quote begins the next part, which changes nothing here. */
    private void quoted(char quote) {
      int end = sql.indexOf(quote, at + 1);
      at = end < 0 ? sql.length() : end + 1;
    }

    private String dollarTag() {
      int end = at + 1;
      while (end < sql.length() && sql.charAt(end) != '$') {
        char c = sql.charAt(end);
        boolean fits = isWordStart(c) || (end > at + 1 && Character.isDigit(c));
        if (!fits) {
          return null;
        }
        end++;
      }
      return end < sql.length() ? sql.substring(at, end + 1) : null;
    }

    private void dollar(String tag) {
      int end = sql.indexOf(tag, at + tag.length());
      at = end < 0 ? sql.length() : end + tag.length();
    }

    private static boolean isWordStart(char c) {
      return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    }

    private static boolean isWordPart(char c) {
      return c == '$' || (c >= '0' && c <= '9');
    }
  }
}
