package io.understudy.app.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.journal.UrlForm;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys of {@code mirror.yaml} as a JSON Schema, for editors: they complete names, show what a
 * key means, and mark mistakes. Draft 7, which all of them read. It refuses nothing that {@link
 * ConfigFile} takes; what holds between values, and where a reference leads, only that can tell.
 */
public final class ConfigSchema {
  private static final String REFERENCE = "\\$\\{";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ConfigSchema() {}

  /** Pretty-printed; ends with a line break. */
  public static String text() {
    ObjectNode root = NODES.objectNode();
    root.put("$schema", "http://json-schema.org/draft-07/schema#");
    root.put("title", "Understudy: mirror.yaml");
    root.put("description", "One mirror: a source, its standbys, and the journal between them.");
    root.setAll(group(List.of(), true));
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode group(List<String> pattern, boolean needed) {
    ObjectNode group = NODES.objectNode();
    type(group, needed, "object");
    ObjectNode properties = NODES.objectNode();
    ArrayNode required = NODES.arrayNode();
    for (String name : Structure.below(pattern)) {
      List<String> below = Stream.concat(pattern.stream(), Stream.of(name)).toList();
      boolean must = required(below);
      ObjectNode child = key(below).map(ConfigSchema::value).orElseGet(() -> group(below, must));
      if (name.equals("*")) {
        group.putObject("patternProperties").set(DatabasesSection.NAME.pattern(), child);
        group.put("minProperties", DatabasesSection.FEWEST);
      } else {
        properties.set(name, child);
        if (must) {
          required.add(name);
        }
      }
    }
    if (!properties.isEmpty()) {
      group.set("properties", properties);
    }
    if (!required.isEmpty()) {
      group.set("required", required);
    }
    if (pattern.equals(List.of(JournalSection.NAME))) {
      group.set("oneOf", eitherBroker());
    }
    return group.put("additionalProperties", false);
  }

  /** Whether something must stand there. */
  private static boolean required(List<String> pattern) {
    return pattern.equals(List.of(JournalSection.NAME))
        || Stream.of(Key.values())
            .filter(Key::required)
            .map(Key::segments)
            .anyMatch(
                path ->
                    path.size() >= pattern.size()
                        && path.subList(0, pattern.size()).equals(pattern));
  }

  private static ArrayNode eitherBroker() {
    ArrayNode either = NODES.arrayNode();
    for (Key key : List.of(Key.BOOTSTRAP_SERVERS, Key.EMBEDDED)) {
      String name = key.segments().get(1);
      ObjectNode one = either.addObject();
      one.putArray("required").add(name);
      one.putObject("properties").putObject(name).putObject("not").put("type", "null");
    }
    return either;
  }

  private static Optional<Key> key(List<String> pattern) {
    return Stream.of(Key.values()).filter(key -> key.segments().equals(pattern)).findFirst();
  }

  private static ObjectNode value(Key key) {
    ObjectNode value = NODES.objectNode();
    value.put("description", key.meaning());
    switch (key.form()) {
      case LIST -> {
        type(value, key.required(), "array");
        text(value.putObject("items"), "[^.].*\\..*[^.]");
      }
      case SETTINGS -> {
        type(value, key.required(), "object");
        scalar(value.putObject("additionalProperties"), true);
      }
      case DURATION -> text(value, Quantity.form(Quantity.unitsOfTime()));
      case SIZE -> text(value, Quantity.form(Quantity.unitsOfSize()));
      case COUNT -> {
        value.putArray("type").add("integer").add("string").add("null");
        value.put("minimum", 1).put("pattern", "^\\s*\\d+\\s*$|" + REFERENCE);
      }
      case TEXT, SECRET -> textual(key, value);
    }
    fallback(key, value);
    return value;
  }

  private static void textual(Key key, ObjectNode value) {
    if (!key.choices().isEmpty()) {
      choice(key, value);
    } else if (key == Key.MIRROR) {
      value.put("type", "string").put("pattern", "^[a-z][a-z0-9_]{0,39}$|" + REFERENCE);
    } else if (key == Key.URL) {
      String prefixes =
          UrlForm.all().stream().map(UrlForm::prefix).sorted().collect(Collectors.joining("|"));
      value.put("type", "string").put("pattern", "^\\s*(" + prefixes + ")//|" + REFERENCE);
    } else {
      scalar(value, key.required());
    }
  }

  private static void choice(Key key, ObjectNode value) {
    ArrayNode either = value.putArray("anyOf");
    ArrayNode words = either.addObject().putArray("enum");
    key.choices().forEach(words::add);
    if (key.choices().contains("true")) {
      words.add(true).add(false);
    }
    words.addNull();
    either.addObject().put("type", "string").put("pattern", REFERENCE);
  }

  private static void text(ObjectNode value, String pattern) {
    value.putArray("type").add("string").add("null");
    value.put("pattern", "^\\s*" + pattern + "\\s*$|" + REFERENCE);
  }

  /** YAML's numbers and truth values are texts to us: a password may be {@code 0123}. */
  private static void scalar(ObjectNode value, boolean needed) {
    ArrayNode types = value.putArray("type").add("string").add("number").add("boolean");
    if (!needed) {
      types.add("null");
    }
  }

  /** What may be absent may also stand there without a value. */
  private static void type(ObjectNode node, boolean needed, String type) {
    if (needed) {
      node.put("type", type);
    } else {
      node.putArray("type").add(type).add("null");
    }
  }

  private static void fallback(Key key, ObjectNode value) {
    key.fallback()
        .ifPresent(
            text -> {
              switch (key.form()) {
                case COUNT -> value.put("default", Integer.parseInt(text));
                case LIST -> value.putArray("default").add(text);
                default -> value.put("default", text);
              }
            });
  }
}
