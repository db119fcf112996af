package io.understudy.app.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a page of the documentation shows to be copied, for the addresses of a test. */
final class Documented {
  private final String page;
  private final Map<String, String> addresses;

  /**
   * @param addresses those of the page, and what they are here
   */
  Documented(Path page, Map<String, String> addresses) throws IOException {
    this.page = Files.readString(page);
    this.addresses = addresses;
  }

  /** What stands in the block of that language. */
  String block(String language) {
    return find("(?s)```" + language + "\\n(.*?)```");
  }

  /** The line that begins so. */
  String line(String beginning) {
    return find("(?m)^ {4}(" + Pattern.quote(beginning) + ".*)$");
  }

  private String find(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(page);
    if (!matcher.find()) {
      throw new AssertionError("the page has no " + pattern);
    }
    String found = matcher.group(1);
    for (Map.Entry<String, String> address : addresses.entrySet()) {
      found = found.replace(address.getKey(), address.getValue());
    }
    return found;
  }
}
