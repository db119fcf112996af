package io.understudy.app.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces <code>${env:NAME}</code> and <code>${file:PATH}</code> in a value by what they refer to;
 * <code>$${</code> stands for a plain <code>${</code>. A file's last line end does not belong to
 * its value. Nothing that was read this way may be shown.
 */
final class References {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\$\\{|\\$\\{(?:([a-z]+):)?([^}]*)(}?)");
  private static final int LARGEST_FILE = 64 * 1024;

  private final Map<String, String> environment;
  private final Path folder;

  /**
   * @param folder where relative paths begin
   */
  References(Map<String, String> environment, Path folder) {
    this.environment = environment;
    this.folder = folder;
  }

  static boolean in(String text) {
    return text.contains("${");
  }

  /** The text with its references replaced; what cannot be is left out and becomes a problem. */
  String resolve(String path, String text, List<Problem> problems) {
    if (!in(text)) {
      return text;
    }
    return REFERENCE
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(value(path, match, problems)));
  }

  private String value(String path, java.util.regex.MatchResult match, List<Problem> problems) {
    if (match.group().equals("$${")) {
      return "${";
    }
    if (match.group(1) == null || match.group(3).isEmpty()) {
      return refuse(
          path,
          "holds a '${' that begins no reference",
          "write ${env:NAME} or ${file:PATH}, or $${ for a plain ${",
          problems);
    }
    return switch (match.group(1)) {
      case "env" -> variable(path, match.group(2), problems);
      case "file" -> file(path, match.group(2), problems);
      default ->
          refuse(
              path,
              "holds a reference of unknown kind '" + match.group(1) + "'",
              "write ${env:NAME} or ${file:PATH}",
              problems);
    };
  }

  private String variable(String path, String name, List<Problem> problems) {
    String value = environment.get(name);
    return value != null
        ? value
        : refuse(
            path,
            "the environment variable " + name + " is not set",
            "set it where Understudy is started, or write the value",
            problems);
  }

  private String file(String path, String name, List<Problem> problems) {
    try {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file) && Files.size(file) > LARGEST_FILE) {
        return refuse(
            path, "the file " + name + " is too large", "name a file with one value", problems);
      }
      return Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
    } catch (NoSuchFileException e) {
      return refuse(
          path, "the file " + name + " does not exist", "create it with the value in it", problems);
    } catch (IOException | java.nio.file.InvalidPathException e) {
      return refuse(
          path,
          "the file " + name + " cannot be read as text",
          "let the user that runs Understudy read it",
          problems);
    }
  }

  private static String refuse(String path, String message, String remedy, List<Problem> problems) {
    problems.add(new Problem(path, message, remedy));
    return "";
  }
}
