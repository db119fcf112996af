package io.understudy.applier.postgres;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares spellings of PostgreSQL types. The catalog's names ({@code int4}, {@code
 * timestamptz(3)}) and the SQL names that {@code format_type} prints ({@code integer}, {@code
 * timestamp(3) with time zone}) mean the same. A type that only one side qualifies with its schema
 * is taken to be the same type: which schemas are qualified depends on the session that asked.
 */
final class TypeNames {
  private static final Pattern PARTS =
      Pattern.compile(
          "(?<base>[^(\\[]*?)\\s*(?<modifier>\\([^)]*\\))?(?<rest>[^\\[]*)(?<array>[\\[\\]]*)");

  /** The SQL spelling; {@code %} is where the modifier goes. */
  private static final Map<String, String> SQL_NAMES =
      Map.ofEntries(
          Map.entry("int2", "smallint%"),
          Map.entry("int4", "integer%"),
          Map.entry("int", "integer%"),
          Map.entry("int8", "bigint%"),
          Map.entry("float4", "real%"),
          Map.entry("float8", "double precision%"),
          Map.entry("bool", "boolean%"),
          Map.entry("decimal", "numeric%"),
          Map.entry("varchar", "character varying%"),
          Map.entry("bpchar", "character%"),
          Map.entry("char", "character%"),
          Map.entry("varbit", "bit varying%"),
          Map.entry("time", "time% without time zone"),
          Map.entry("timetz", "time% with time zone"),
          Map.entry("timestamp", "timestamp% without time zone"),
          Map.entry("timestamptz", "timestamp% with time zone"));

  private TypeNames() {}

  static boolean same(String one, String other) {
    String a = canonical(one);
    String b = canonical(other);
    return a.equals(b) || unqualified(a).equals(b) || a.equals(unqualified(b));
  }

  private static String canonical(String type) {
    String plain = type.startsWith("pg_catalog.") ? type.substring("pg_catalog.".length()) : type;
    if (plain.startsWith("_")) {
      plain = plain.substring(1) + "[]";
    }
    Matcher parts = PARTS.matcher(plain);
    if (!parts.matches()) {
      return plain;
    }
    String modifier = parts.group("modifier") == null ? "" : parts.group("modifier");
    String base = parts.group("base");
    String rest = parts.group("rest");
    String sql = rest.isEmpty() ? SQL_NAMES.get(base) : null;
    String spelled = sql == null ? base + modifier + rest : sql.replace("%", modifier);
    // format_type prints every array with one pair of brackets
    return spelled.replace(", ", ",") + (parts.group("array").isEmpty() ? "" : "[]");
  }

  private static String unqualified(String type) {
    int dot = type.lastIndexOf('.');
    return dot < 0 ? type : type.substring(dot + 1);
  }
}
