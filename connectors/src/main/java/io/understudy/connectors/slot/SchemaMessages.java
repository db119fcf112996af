package io.understudy.connectors.slot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.journal.Change;
import io.understudy.journal.Ddl;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out what statement a message of the source's event triggers is about. The server tells a
 * trigger no more than the whole text that the client sent, and where in functions the statement
 * stands: with the text of the statement itself, if a procedural language ran it. Used by one
 * thread.
 */
public final class SchemaMessages {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a language says of a statement that it runs: PostgreSQL's spi.c. */
  private static final String NESTED = "SQL statement \"";

  /** Behind it stands what ran the statement, or nothing if that tells nothing of itself. */
  private static final Pattern NESTED_END =
      Pattern.compile("\"(\\n(PL/\\w+|SQL) (function|anonymous code block)|\\z)");

  private static final Pattern IN_SQL_FUNCTION =
      Pattern.compile("^SQL function \"(.*)\" statement (\\d+)", Pattern.DOTALL);

  /** Of an object, without its schema and what its arguments are. */
  private static final Pattern LAST_NAME =
      Pattern.compile("(\"(?:[^\"]|\"\")*\"|[^.\"(]+)(?:\\(.*)?$", Pattern.DOTALL);

  private static final Pattern CREATES_EXTENSION = Pattern.compile("(CREATE|ALTER) EXTENSION");

  private static final String HOLD = "ddl is set to hold: every schema change waits";

  private final boolean hold;

  /** What the client sent last; messages of one text repeat it not. */
  private String query = "";

  /**
   * @param hold whether each change is to wait for somebody's word
   */
  public SchemaMessages(boolean hold) {
    this.hold = hold;
  }

  /** Empty for a message about a part of something that another one is about. */
  public Optional<Change> read(String content) {
    JsonNode message = parse(content);
    if (message.hasNonNull("query")) {
      query = message.get("query").asText();
    }
    String tag = message.get("tag").asText();
    SortedMap<String, String> settings = new TreeMap<>();
    message
        .get("settings")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    Found found = find(message, tag, settings);
    if (found.text().isEmpty() && found.obstacle().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> obstacle =
        text(message, "obstacle")
            .or(found::obstacle)
            .or(() -> hold ? Optional.of(HOLD) : Optional.empty());
    return Optional.of(
        new Change.SchemaChange(
            new Ddl(
                tag,
                found.text(),
                obstacle,
                message.get("outside").asBoolean(),
                message.get("role").asText(),
                settings)));
  }

  private record Found(String text, Optional<String> obstacle) {
    static final Found PART = new Found("", Optional.empty());

    static Found of(SqlText statement) {
      return new Found(statement.text(), Optional.empty());
    }

    static Found none(String near, String why) {
      return new Found(near, Optional.of(why));
    }
  }

  private Found find(JsonNode message, String tag, SortedMap<String, String> settings) {
    Optional<String> made = text(message, "made");
    if (made.isPresent()) {
      return new Found(made.get(), Optional.empty());
    }
    boolean backslashes = "off".equals(settings.get("standard_conforming_strings"));
    Optional<String> context = text(message, "context");
    if (context.isPresent()) {
      return nested(context.get(), tag, message, backslashes);
    }
    List<SqlText> statements = SqlText.statements(query, backslashes);
    return choose(statements, tag, message);
  }

  private static Found choose(List<SqlText> statements, String tag, JsonNode message) {
    List<SqlText> fitting = statements.stream().filter(s -> s.tag().equals(tag)).toList();
    if (fitting.isEmpty()) {
      boolean part =
          statements.stream().anyMatch(s -> CREATES_EXTENSION.matcher(s.tag()).matches());
      return part
          ? Found.PART
          : Found.none(all(statements), "the statement is not in what the client sent");
    }
    if (fitting.size() == 1) {
      return Found.of(fitting.get(0));
    }
    List<SqlText> found = Undoing.nth(statements, tag, message.get("nth").asInt());
    return found.size() == 1
        ? Found.of(found.get(0))
        : Found.none(all(statements), "which of several such statements it is cannot be told");
  }

  /** Whether the objects that the statement made, changed or dropped stand in it. */
  private static boolean names(SqlText statement, JsonNode message) {
    for (JsonNode identity : message.path("objects")) {
      Matcher name = LAST_NAME.matcher(identity.asText());
      if (!name.find() || !statement.names(name.group(1))) {
        return false;
      }
    }
    return !message.path("objects").isEmpty();
  }

  private static Found nested(String context, String tag, JsonNode message, boolean backslashes) {
    if (context.startsWith(NESTED)) {
      Matcher end = NESTED_END.matcher(context);
      String text =
          context.substring(
              NESTED.length(), end.find(NESTED.length()) ? end.start() : context.length());
      List<SqlText> statements = SqlText.statements(text, backslashes);
      if (statements.size() == 1) {
        return Found.of(statements.get(0));
      }
      List<SqlText> fitting = statements.stream().filter(s -> s.tag().equals(tag)).toList();
      List<SqlText> naming = fitting.stream().filter(s -> names(s, message)).toList();
      List<SqlText> found = fitting.size() == 1 ? fitting : naming;
      return found.size() == 1
          ? Found.of(found.get(0))
          : Found.none(text, "a function ran several such statements as one text");
    }
    Matcher inSql = IN_SQL_FUNCTION.matcher(context);
    if (inSql.find()) {
      return inFunction(message, inSql.group(1), Integer.parseInt(inSql.group(2)), backslashes);
    }
    return Found.none("", "it was run by a function that does not tell its statements: " + context);
  }

  /** By the bodies of the functions of that name, which must agree. */
  private static Found inFunction(JsonNode message, String name, int number, boolean backslashes) {
    List<SqlText> candidates = new ArrayList<>();
    for (JsonNode body : message.path("bodies")) {
      List<SqlText> statements = SqlText.statements(body.asText(), backslashes);
      if (number <= statements.size()) {
        candidates.add(statements.get(number - 1));
      }
    }
    List<String> texts = candidates.stream().map(SqlText::text).distinct().toList();
    return texts.size() == 1
        ? Found.of(candidates.get(0))
        : Found.none("", "it is statement " + number + " of a function " + name + " in SQL");
  }

  private static String all(List<SqlText> statements) {
    return String.join("; ", statements.stream().map(SqlText::text).toList());
  }

  private static Optional<String> text(JsonNode message, String name) {
    return message.hasNonNull(name) ? Optional.of(message.get(name).asText()) : Optional.empty();
  }

  private static JsonNode parse(String content) {
    try {
      return JSON.readTree(content);
    } catch (JsonProcessingException e) {
      throw new MirrorException.Invariant(
          "the source's log brought a schema change that cannot be read",
          "report this: nothing of its transaction was journaled",
          e);
    }
  }
}
