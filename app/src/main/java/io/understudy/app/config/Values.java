package io.understudy.app.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads single values out of a file by their {@link Key}. A value that cannot be read becomes a
 * problem, and the key's default stands in for it, so that the rest can still be looked at. What is
 * of the wrong shape was reported by {@link Structure} and counts as absent here.
 */
final class Values {
  private final Node.Mapping root;
  private final References references;
  private final List<Problem> problems;

  Values(Node.Mapping root, References references, List<Problem> problems) {
    this.root = root;
    this.references = references;
    this.problems = problems;
  }

  /** A required text; empty, with a problem, if it is missing. */
  String text(Key key, String... names) {
    return optional(key, names).orElse("");
  }

  /** The text or its default. */
  Optional<String> optional(Key key, String... names) {
    int before = problems.size();
    Optional<String> text =
        find(key, names)
            .filter(Node.Scalar.class::isInstance)
            .map(node -> resolve(path(key, names), node));
    boolean reported = problems.size() > before;
    boolean lacking = text.isEmpty() ? mayHold(key, names) : text.get().isBlank();
    if (key.required() && lacking && !reported) {
      String what = text.isEmpty() ? "is missing" : "is empty";
      problems.add(new Problem(path(key, names), what, "write it. " + key.meaning()));
    }
    return text.or(key::fallback);
  }

  Duration duration(Key key, String least, String most) {
    return ranged(key, Quantity::duration, least, most, "ms, s, m, h or d behind it");
  }

  /** Empty if it is not written. */
  Optional<Duration> optionalDuration(Key key, String least, String most) {
    return find(key).filter(Node.Scalar.class::isInstance).map(it -> duration(key, least, most));
  }

  /** Bytes. */
  long size(Key key, String least, String most) {
    return ranged(key, Quantity::size, least, most, "B, KiB, MiB or GiB behind it");
  }

  int count(Key key, int least, int most) {
    return ranged(
        key, Integer::valueOf, Integer.toString(least), Integer.toString(most), "no unit");
  }

  List<String> list(Key key) {
    if (find(key).orElse(null) instanceof Node.Items items) {
      return items.nodes().stream()
          .filter(Node.Scalar.class::isInstance)
          .map(item -> resolve(key.path(), item))
          .toList();
    }
    return key.fallback().map(List::of).orElse(List.of());
  }

  Map<String, String> settings(Key key, String... names) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (find(key, names).orElse(null) instanceof Node.Mapping group) {
      group
          .entries()
          .forEach(
              (name, node) -> {
                if (node instanceof Node.Scalar) {
                  settings.put(name, resolve(path(key, names) + "." + name, node));
                }
              });
    }
    return settings;
  }

  /** Whether nothing of a wrong shape stands where the key, or its group, belongs. */
  boolean mayHold(Key key, String... names) {
    Node node = root;
    for (String segment : key.segments(names)) {
      if (!(node instanceof Node.Mapping group)) {
        break;
      }
      node = group.entries().get(segment);
    }
    return node == null || (node instanceof Node.Scalar scalar && scalar.absent());
  }

  static String path(Key key, String... names) {
    return String.join(".", key.segments(names));
  }

  private <T extends Comparable<T>> T ranged(
      Key key, Function<String, T> parse, String least, String most, String unit) {
    T fallback = parse.apply(key.fallback().orElse(least));
    Optional<Node> node = find(key).filter(Node.Scalar.class::isInstance);
    if (node.isEmpty()) {
      return fallback;
    }
    String written = ((Node.Scalar) node.get()).text();
    int before = problems.size();
    String text = resolve(key.path(), node.get());
    if (problems.size() > before) {
      return fallback;
    }
    String shown = References.in(written) ? "what it refers to" : "'" + written + "'";
    try {
      T value = parse.apply(text.strip());
      if (value.compareTo(parse.apply(least)) >= 0 && value.compareTo(parse.apply(most)) <= 0) {
        return value;
      }
      problems.add(
          new Problem(
              key.path(),
              shown + " is not between " + least + " and " + most,
              "write a value between them, or leave it out for " + key.fallback().get()));
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(
              key.path(),
              shown + " is not a " + key.form().title(),
              "write a whole number with " + unit + ", for example " + key.fallback().get()));
    }
    return fallback;
  }

  private String resolve(String path, Node node) {
    return references.resolve(path, ((Node.Scalar) node).text(), problems);
  }

  private Optional<Node> find(Key key, String... names) {
    Node node = root;
    for (String segment : key.segments(names)) {
      node = node instanceof Node.Mapping group ? group.entries().get(segment) : null;
    }
    return Optional.ofNullable(node)
        .filter(found -> !(found instanceof Node.Scalar scalar && scalar.absent()));
  }
}
