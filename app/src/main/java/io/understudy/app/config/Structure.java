package io.understudy.app.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Compares the shape of a file with the catalogue of {@link Key}s: keys that do not exist, groups
 * where a value belongs, values where a group belongs.
 */
final class Structure {
  private final List<Problem> problems;

  private Structure(List<Problem> problems) {
    this.problems = problems;
  }

  static void check(Node.Mapping root, List<Problem> problems) {
    new Structure(problems).group(root, "", List.of());
  }

  /**
   * @param path as the user wrote it
   * @param pattern the same with {@code *} for names
   */
  private void group(Node.Mapping group, String path, List<String> pattern) {
    Set<String> known = below(pattern);
    group
        .entries()
        .forEach(
            (name, node) -> {
              String childPath = path.isEmpty() ? name : path + "." + name;
              if (!known.contains(name) && !known.contains("*")) {
                problems.add(unknown(name, childPath, known));
                return;
              }
              child(node, childPath, append(pattern, known.contains(name) ? name : "*"));
            });
  }

  private void child(Node node, String path, List<String> pattern) {
    Optional<Key> key =
        Stream.of(Key.values()).filter(k -> k.segments().equals(pattern)).findFirst();
    if (key.isPresent()) {
      value(node, path, key.get());
    } else if (node instanceof Node.Mapping group) {
      group(group, path, pattern);
    } else if (!(node instanceof Node.Scalar scalar && scalar.absent())) {
      problems.add(
          new Problem(
              path,
              "must be a group of keys and is " + node.kind(),
              "write its keys below it, indented: " + String.join(", ", below(pattern))));
    }
  }

  private void value(Node node, String path, Key key) {
    if (node instanceof Node.Scalar scalar && scalar.absent()) {
      return;
    }
    switch (key.form()) {
      case LIST -> {
        if (!(node instanceof Node.Items items) || !scalars(items.nodes())) {
          mistyped(path, node, key, "write [\"SCHEMA.*\"]");
        }
      }
      case SETTINGS -> {
        if (!(node instanceof Node.Mapping group) || !scalars(group.entries().values())) {
          mistyped(path, node, key, "write { name: value }, whole names with their dots");
        }
      }
      default -> {
        if (!(node instanceof Node.Scalar)) {
          mistyped(path, node, key, "write one value behind the colon");
        }
      }
    }
  }

  private void mistyped(String path, Node node, Key key, String remedy) {
    Class<? extends Node> fitting =
        key.form() == Key.Form.LIST ? Node.Items.class : Node.Mapping.class;
    String is = fitting.isInstance(node) ? "holds something else" : "is " + node.kind();
    problems.add(new Problem(path, "must be a " + key.form().title() + " and " + is, remedy));
  }

  private static boolean scalars(java.util.Collection<Node> nodes) {
    return nodes.stream().allMatch(node -> node instanceof Node.Scalar scalar && !scalar.absent());
  }

  private static Problem unknown(String name, String path, Set<String> known) {
    String meant =
        Spelling.closest(name, known)
            .map(close -> "did you mean '" + close + "'?")
            .or(() -> elsewhere(name))
            .orElse("known here: " + String.join(", ", known));
    return new Problem(path, "is not a key of mirror.yaml", meant);
  }

  private static Optional<String> elsewhere(String name) {
    return Stream.of(Key.values())
        .map(Key::path)
        .filter(path -> path.endsWith("." + name))
        .findFirst()
        .map(path -> "did you mean " + path.replace("*", "NAME") + "?");
  }

  /** The segments that may follow {@code pattern}. */
  static Set<String> below(List<String> pattern) {
    Set<String> names = new LinkedHashSet<>();
    for (Key key : Key.values()) {
      List<String> segments = key.segments();
      if (segments.size() > pattern.size() && segments.subList(0, pattern.size()).equals(pattern)) {
        names.add(segments.get(pattern.size()));
      }
    }
    return names;
  }

  private static List<String> append(List<String> pattern, String segment) {
    return Stream.concat(pattern.stream(), Stream.of(segment)).toList();
  }
}
