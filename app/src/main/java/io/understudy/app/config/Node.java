package io.understudy.app.config;

import java.util.List;
import java.util.Map;

/** A YAML document as it was written: scalars keep their text, mappings their order. */
sealed interface Node {

  /** What people call it. */
  String kind();

  /**
   * @param text empty if {@code absent}
   * @param absent whether nothing at all, or {@code null}, was written
   */
  record Scalar(String text, boolean absent) implements Node {
    @Override
    public String kind() {
      return absent ? "nothing" : "a single value";
    }
  }

  record Items(List<Node> nodes) implements Node {
    @Override
    public String kind() {
      return "a list";
    }
  }

  record Mapping(Map<String, Node> entries) implements Node {
    static final Mapping EMPTY = new Mapping(Map.of());

    @Override
    public String kind() {
      return "a group of keys";
    }
  }
}
