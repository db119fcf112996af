package io.understudy.app.config;

/**
 * One thing that is wrong with a file.
 *
 * @param path of the key, {@code databases.north.url}; empty if it is about the whole file
 * @param message what is wrong; holds no secret
 * @param remedy what to write instead
 */
public record Problem(String path, String message, String remedy) {
  @Override
  public String toString() {
    return (path.isEmpty() ? "" : path + ": ") + message + " (" + remedy + ")";
  }
}
