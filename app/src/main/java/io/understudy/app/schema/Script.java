package io.understudy.app.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A script as {@code pg_restore} writes it, without what would name roles that are not there. Each
 * object has a heading; the statement that gives it its owner is the last one below it, and below
 * the heading of an access list there is nothing but grants, each on a line of its own.
 */
final class Script {
  private static final Pattern HEADING =
      Pattern.compile("-- (?:Data for )?Name: (.*); Type: (.*); Schema: (.*); Owner: .*");
  private static final Pattern OWNER = Pattern.compile("ALTER .* OWNER TO (.*);");

  private final Pattern granted;
  private final Set<String> names;
  private final List<String> kept = new ArrayList<>();
  private boolean accessList;

  private Script(Set<String> missing) {
    this.names =
        missing.stream()
            .flatMap(role -> Stream.of(role, '"' + role.replace("\"", "\"\"") + '"'))
            .collect(Collectors.toSet());
    String any = names.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    this.granted =
        Pattern.compile(
            "(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|SET SESSION AUTHORIZATION).*"
                + "\\b(TO|FROM|FOR ROLE|AUTHORIZATION) ("
                + any
                + ")( WITH GRANT OPTION| IN SCHEMA .*| GRANT .*| REVOKE .*)?;");
  }

  /**
   * @param missing the roles to leave out
   */
  static String without(Set<String> missing, String script) {
    if (missing.isEmpty()) {
      return script;
    }
    Script result = new Script(missing);
    List<String> lines = script.lines().toList();
    List<String> section = new ArrayList<>();
    for (String line : lines) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        result.take(section);
        section.clear();
        result.accessList = heading.group(2).endsWith("ACL");
      }
      section.add(line);
    }
    result.take(section);
    return String.join("\n", result.kept) + "\n";
  }

  /** A script's parts, one for each object. */
  static List<String> sections(String script) {
    List<String> sections = new ArrayList<>();
    StringBuilder section = new StringBuilder();
    boolean headed = false;
    for (String line : script.lines().filter(line -> !line.startsWith("\\")).toList()) {
      if (HEADING.matcher(line).matches()) {
        if (headed) {
          sections.add(section.toString());
          section.setLength(0);
        }
        headed = true; // what stands before the first heading belongs to the first part
      }
      section.append(line).append('\n');
    }
    if (headed) {
      sections.add(section.toString());
    }
    return sections;
  }

  /** A script's parts by what they make, for people; without what stands before the first. */
  static Map<String, String> objects(String script) {
    Map<String, StringBuilder> objects = new HashMap<>();
    StringBuilder object = new StringBuilder();
    for (String line : script.lines().filter(line -> !line.startsWith("\\")).toList()) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        object = objects.computeIfAbsent(named(heading), name -> new StringBuilder());
      }
      object.append(line).append('\n');
    }
    Map<String, String> texts = new HashMap<>();
    objects.forEach((name, text) -> texts.put(name, text.toString()));
    return texts;
  }

  private static String named(Matcher heading) {
    String schema = heading.group(3);
    return heading.group(2) + " " + (schema.equals("-") ? "" : schema + ".") + heading.group(1);
  }

  /** Of a script, only the statements that give objects their owners. */
  static String owners(String script, Pattern leftOut) {
    return script
        .lines()
        .filter(line -> OWNER.matcher(line).matches() && !leftOut.matcher(line).find())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private void take(List<String> section) {
    if (accessList) {
      section.stream().filter(line -> !granted.matcher(line).matches()).forEach(kept::add);
      return;
    }
    int last = lastStatement(section);
    for (int i = 0; i < section.size(); i++) {
      if (i != last) {
        kept.add(section.get(i));
      }
    }
  }

  /** The line that makes a missing role the owner; -1 if there is none. */
  private int lastStatement(List<String> section) {
    for (int i = section.size() - 1; i >= 0; i--) {
      String line = section.get(i);
      if (!line.isBlank() && !line.startsWith("--") && !line.startsWith("\\")) {
        Matcher owner = OWNER.matcher(line);
        return owner.matches() && names.contains(owner.group(1)) ? i : -1;
      }
    }
    return -1;
  }
}
