package io.understudy.connectors.binlog;

import io.understudy.connectors.binlog.Words.Word;
import io.understudy.journal.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a statement of the log means to the mirror. Statements about tables are looked at for the
 * tables they change; what is not known to leave tables alone counts as {@link Kind#UNKNOWN}, and
 * stops the reader.
 *
 * @param what the statement's first words, without any value
 * @param tables those of the mirror whose shape it changes, {@code *} for all of a database
 */
record Statement(Kind kind, String what, List<TableName> tables) {
  enum Kind {
    BEGIN,
    COMMIT,
    ROLLBACK,
    /** Undoes a part of a transaction whose rows were read before. */
    PARTIAL_ROLLBACK,
    /** Changes rows without saying which: written under another format than ROW. */
    ROWS,
    /** Changes the shape of a table that belongs to the mirror, or brings one in. */
    SCHEMA,
    /** Does nothing to the mirror's tables. */
    OTHER,
    UNKNOWN
  }

  private static final Set<String> ROWS =
      Set.of("INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "CALL", "DO", "IMPORT");
  private static final Set<String> HARMLESS =
      Set.of(
          "GRANT",
          "REVOKE",
          "FLUSH",
          "ANALYZE",
          "OPTIMIZE",
          "REPAIR",
          "CHECK",
          "SET",
          "INSTALL",
          "UNINSTALL",
          "SAVEPOINT",
          "RELEASE",
          "XA",
          "RESET",
          "USE");
  private static final Set<String> OBJECTS =
      Set.of(
          "TABLE",
          "TABLES",
          "INDEX",
          "DATABASE",
          "SCHEMA",
          "VIEW",
          "PROCEDURE",
          "FUNCTION",
          "TRIGGER",
          "EVENT",
          "USER",
          "ROLE",
          "SERVER",
          "TABLESPACE",
          "SEQUENCE",
          "PACKAGE",
          "LOGFILE",
          "RESOURCE",
          "REFERENCE",
          "INSTANCE",
          "LIBRARY");

  /**
   * @param database the one in use when the statement ran
   * @param mirrored which tables belong to the mirror, or would if they were there
   */
  static Statement of(String sql, String database, Predicate<TableName> mirrored) {
    List<Word> words = withoutSet(Words.of(sql));
    if (words.isEmpty()) {
      return new Statement(Kind.OTHER, "a comment", List.of());
    }
    Parser parser = new Parser(words, database == null ? "" : database, mirrored);
    Kind kind = parser.kind();
    return new Statement(kind, what(words), List.copyOf(parser.touched));
  }

  /** MariaDB's {@code SET STATEMENT variable = value, … FOR statement}. */
  private static List<Word> withoutSet(List<Word> words) {
    if (words.size() > 2 && words.get(0).is("SET") && words.get(1).is("STATEMENT")) {
      for (int i = 2; i < words.size(); i++) {
        if (words.get(i).is("FOR")) {
          return words.subList(i + 1, words.size());
        }
      }
    }
    return words;
  }

  private static String what(List<Word> words) {
    List<String> first = new ArrayList<>();
    for (Word word : words.subList(0, Math.min(words.size(), 8))) {
      if (!word.isName()) {
        if (!word.text().equals(".")) {
          break;
        }
      }
      first.add(word.text());
    }
    return String.join(" ", first).replace(" . ", ".");
  }

  /** Goes over one statement once. */
  private static final class Parser {
    private final List<Word> words;
    private final String database;
    private final Predicate<TableName> mirrored;
    private final List<TableName> touched = new ArrayList<>();
    private int at;

    Parser(List<Word> words, String database, Predicate<TableName> mirrored) {
      this.words = words;
      this.database = database;
      this.mirrored = mirrored;
    }

    Kind kind() {
      String verb = words.get(at++).text().toUpperCase(Locale.ROOT);
      if (ROWS.contains(verb)) {
        return isOfServer() ? Kind.OTHER : Kind.ROWS;
      }
      if (HARMLESS.contains(verb)) {
        return Kind.OTHER;
      }
      return switch (verb) {
        case "BEGIN", "START" -> Kind.BEGIN;
        case "COMMIT" -> Kind.COMMIT;
        case "ROLLBACK" -> words.size() > 1 ? Kind.PARTIAL_ROLLBACK : Kind.ROLLBACK;
        case "TRUNCATE" -> {
          take("TABLE");
          yield verdict(list());
        }
        case "RENAME" -> rename();
        case "CREATE", "ALTER", "DROP" -> definition(verb);
        default -> Kind.UNKNOWN;
      };
    }

    /** In one of the server's own databases, without a word that is a mirrored one's name. */
    private boolean isOfServer() {
      return Set.of("mysql", "sys", "performance_schema").contains(database)
          && words.stream()
              .filter(Word::isName)
              .noneMatch(word -> mirrored.test(new TableName(word.text(), "*")));
    }

    private Kind rename() {
      if (!take("TABLE") && !take("TABLES")) {
        return take("USER") ? Kind.OTHER : Kind.UNKNOWN;
      }
      takeCondition();
      List<TableName> names = new ArrayList<>();
      while (at < words.size()) {
        if (words.get(at).isName() && !words.get(at).is("TO")) {
          names.add(name());
        } else {
          at++;
        }
      }
      return verdict(names);
    }

    private Kind definition(String verb) {
      Set<String> modifiers = new HashSet<>();
      while (at < words.size() && !isObject(words.get(at))) {
        modifiers.add(words.get(at++).text().toUpperCase(Locale.ROOT));
      }
      if (at == words.size()) {
        return Kind.UNKNOWN;
      }
      return switch (words.get(at++).text().toUpperCase(Locale.ROOT)) {
        case "TABLE", "TABLES" -> {
          if (modifiers.contains("TEMPORARY")) {
            yield Kind.OTHER;
          }
          takeCondition();
          yield table(verb);
        }
        case "INDEX" -> {
          while (at < words.size() && !words.get(at).is("ON")) {
            at++;
          }
          at++;
          yield at < words.size() ? verdict(List.of(name())) : Kind.UNKNOWN;
        }
        case "DATABASE", "SCHEMA" -> {
          takeCondition();
          yield verb.equals("DROP") && at < words.size()
              ? verdict(List.of(new TableName(words.get(at).text(), "*")))
              : Kind.OTHER;
        }
        default -> Kind.OTHER;
      };
    }

    private Kind table(String verb) {
      if (at == words.size()) {
        return Kind.UNKNOWN;
      }
      if (verb.equals("DROP")) {
        return verdict(list());
      }
      List<TableName> names = new ArrayList<>(List.of(name()));
      while (verb.equals("ALTER") && at < words.size()) {
        boolean moves = words.get(at).is("RENAME") || words.get(at).is("TABLE");
        at++;
        if (moves && at < words.size() && !isPartOfTable(words.get(at))) {
          if (!take("TO")) {
            take("AS");
          }
          take("=");
          if (at < words.size() && words.get(at).isName()) {
            names.add(name());
          }
        }
      }
      return verdict(names);
    }

    /** After RENAME: of something inside the table. */
    private static boolean isPartOfTable(Word word) {
      return word.is("COLUMN") || word.is("INDEX") || word.is("KEY");
    }

    private static boolean isObject(Word word) {
      return !word.quoted() && OBJECTS.contains(word.text().toUpperCase(Locale.ROOT));
    }

    private boolean take(String keyword) {
      boolean here = at < words.size() && words.get(at).is(keyword);
      at += here ? 1 : 0;
      return here;
    }

    private void takeCondition() {
      if (take("IF")) {
        take("NOT");
        take("EXISTS");
      }
    }

    private List<TableName> list() {
      List<TableName> names = new ArrayList<>();
      do {
        if (at < words.size()) {
          names.add(name());
        }
      } while (take(","));
      return names;
    }

    private TableName name() {
      String first = words.get(at++).text();
      if (at + 1 < words.size() && words.get(at).is(".")) {
        at += 2;
        return new TableName(first, words.get(at - 1).text());
      }
      return new TableName(database.isEmpty() ? "?" : database, first.isEmpty() ? "?" : first);
    }

    private Kind verdict(List<TableName> changed) {
      changed.stream().filter(mirrored).distinct().forEach(touched::add);
      return touched.isEmpty() ? Kind.OTHER : Kind.SCHEMA;
    }
  }
}
