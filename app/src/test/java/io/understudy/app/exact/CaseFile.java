package io.understudy.app.exact;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads cases from an SQL file. Lines with three dashes part it: {@code --- case NAME}, then {@code
 * --- schema}, {@code --- standby schema} if it is another one, {@code --- rows} and {@code ---
 * change}; the last two as often as needed, each a script that is sent at once. {@code --- from
 * 15}, {@code --- debezium cannot: REASON} and {@code --- pending: REASON}, or {@code --- pending
 * from 18: REASON}, stand before them.
 */
final class CaseFile {
  private static final String MARK = "--- ";
  private static final String CASE = MARK + "case ";
  private static final String FROM = "from ";
  private static final Pattern PENDING = Pattern.compile("pending(?: from (\\d+))?: (.+)");
  private static final String DEBEZIUM_CANNOT = "debezium cannot: ";

  private final String file;
  private final List<String> schema = new ArrayList<>();
  private final List<String> standbySchema = new ArrayList<>();
  private final List<String> rows = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private int from = Case.ANY_VERSION;
  private Optional<String> debeziumCannot = Optional.empty();
  private Optional<Case.Pending> pending = Optional.empty();

  private CaseFile(String file) {
    this.file = file;
  }

  static List<Case> parse(String file, String text) {
    return Stream.of(text.split("\n(?=" + CASE + ")", -1))
        .filter(block -> block.startsWith(CASE))
        .map(block -> new CaseFile(file).one(block))
        .toList();
  }

  private Case one(String block) {
    String[] parts = block.split("(^|\n)" + MARK, -1);
    String name = parts[1].lines().findFirst().orElseThrow().substring("case ".length()).strip();
    for (int i = 2; i < parts.length; i++) {
      String head = parts[i].lines().findFirst().orElse("").strip();
      String script = parts[i].substring(parts[i].indexOf('\n') + 1).strip();
      if (head.startsWith(FROM)) {
        from = Integer.parseInt(head.substring(FROM.length()));
      } else if (PENDING.matcher(head).matches()) {
        pending = Optional.of(pending(head));
      } else if (head.startsWith(DEBEZIUM_CANNOT)) {
        debeziumCannot = Optional.of(head.substring(DEBEZIUM_CANNOT.length()));
      } else {
        scripts(name, head).add(script);
      }
    }
    return new Case(
        name,
        from,
        debeziumCannot,
        pending,
        schema,
        standbySchema.isEmpty() ? Optional.empty() : Optional.of(standbySchema),
        rows,
        changes);
  }

  private static Case.Pending pending(String head) {
    Matcher words = PENDING.matcher(head);
    words.matches();
    int from = words.group(1) == null ? Case.ANY_VERSION : Integer.parseInt(words.group(1));
    return new Case.Pending(from, words.group(2));
  }

  private List<String> scripts(String name, String head) {
    return switch (head) {
      case "schema" -> schema;
      case "standby schema" -> standbySchema;
      case "rows" -> rows;
      case "change" -> changes;
      default ->
          throw new IllegalStateException(file + ": case " + name + " has a part '" + head + "'");
    };
  }
}
