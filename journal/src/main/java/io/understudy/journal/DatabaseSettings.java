package io.understudy.journal;

import java.util.Map;

/**
 * How to reach one database of the mirror.
 *
 * @param properties further JDBC driver properties, as the driver names them; TLS settings for
 *     example
 */
public record DatabaseSettings(
    DatabaseName name, String url, String user, String password, Map<String, String> properties) {
  public DatabaseSettings {
    properties = Map.copyOf(properties);
  }

  /**
   * Names the database without its secrets: passwords may stand in the URL and the properties, too.
   */
  @Override
  public String toString() {
    return "database " + name + " (user " + user + ")";
  }
}
