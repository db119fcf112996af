package io.understudy.app.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host a name or address, IPv6 without brackets
 * @param port 0 for any free one
 */
public record ListenAddress(String host, int port) {
  /** What is written to have no server at all. */
  public static final String OFF = "off";

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^:\\[\\]\\s]+)):(\\d{1,5})");
  private static final int LARGEST_PORT = 65535;

  /** Empty if {@code text} is not {@code HOST:PORT}. */
  public static Optional<ListenAddress> parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > LARGEST_PORT) {
      return Optional.empty();
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    return Optional.of(new ListenAddress(host, Integer.parseInt(matcher.group(3))));
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
