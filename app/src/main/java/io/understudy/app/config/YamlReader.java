package io.understudy.app.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns YAML text into a {@link Node} tree. What YAML permits and a configuration must not hold
 * (keys twice, aliases, a second document) becomes a problem; reading goes on behind it.
 */
final class YamlReader {
  private static final int DEEPEST = 20;

  private final List<Problem> problems;
  private final YAMLParser parser;

  private YamlReader(YAMLParser parser, List<Problem> problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** The tree; an absent scalar if the text holds nothing, or is not YAML. */
  static Node read(String text, List<Problem> problems) {
    try (YAMLParser parser = new YAMLFactory().createParser(text)) {
      return new YamlReader(parser, problems).document();
    } catch (JsonProcessingException e) {
      problems.add(syntax(e));
      return new Node.Scalar("", true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Problem syntax(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    // The parser quotes the lines around the mistake, and a password may stand there.
    String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("").strip();
    return new Problem(
        "",
        "not YAML" + where + (what.isEmpty() || what.contains("\"") ? "" : ": " + what),
        "check the indentation, the spaces behind the colons and the quotes there");
  }

  private Node document() throws IOException {
    if (parser.nextToken() == null) {
      return new Node.Scalar("", true);
    }
    Node root = node("", 0);
    if (parser.nextToken() != null) {
      problems.add(
          new Problem(
              "", "holds more than one document", "remove the line '---' and what follows"));
    }
    return root;
  }

  private Node node(String path, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new com.fasterxml.jackson.core.JsonParseException(
          parser, "nested deeper than " + DEEPEST + " levels");
    }
    if (parser.isCurrentAlias()) {
      problems.add(new Problem(path, "is an alias", "write the value itself instead of *name"));
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return mapping(path, depth);
    }
    if (token == JsonToken.START_ARRAY) {
      return items(path, depth);
    }
    return token == JsonToken.VALUE_NULL
        ? new Node.Scalar("", true)
        : new Node.Scalar(parser.getText(), false);
  }

  private Node mapping(String path, int depth) throws IOException {
    Map<String, Node> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      int line = parser.currentTokenLocation().getLineNr();
      parser.nextToken();
      Node value = node(keyPath, depth + 1);
      if (entries.putIfAbsent(key, value) != null) {
        problems.add(
            new Problem(
                keyPath, "stands there a second time, on line " + line, "keep one of them"));
      }
    }
    return new Node.Mapping(entries);
  }

  private Node items(String path, int depth) throws IOException {
    List<Node> nodes = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      nodes.add(node(path + "[" + nodes.size() + "]", depth + 1));
    }
    return new Node.Items(nodes);
  }
}
