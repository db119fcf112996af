package io.understudy.testkit;

import org.testcontainers.DockerClientFactory;

/** Where servers come from, chosen by the system property {@code servers}. */
enum Servers {
  /** Programs from packages, as child processes. */
  EMBEDDED,
  /** Containers of a Docker engine. */
  CONTAINERS;

  static Servers chosen() {
    String value = System.getProperty("servers", "embedded");
    return switch (value) {
      case "embedded" -> EMBEDDED;
      case "containers" -> {
        requireEngine();
        yield CONTAINERS;
      }
      default ->
          throw new ServerException(
              "-Dservers=" + value + " is not known: it is 'embedded' or 'containers'");
    };
  }

  private static void requireEngine() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      throw new ServerException(
          "-Dservers=containers asks for a Docker engine, and none answers: start one, or leave"
              + " -Dservers out to run the embedded servers");
    }
  }
}
