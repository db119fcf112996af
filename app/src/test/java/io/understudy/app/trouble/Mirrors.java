package io.understudy.app.trouble;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import java.util.stream.Collectors;

/** The mirrors that most tests begin with. */
final class Mirrors {
  static final String WRONG_PASSWORD = "not the right one";

  private Mirrors() {}

  /** On a cluster's journal, made, not running. */
  static TroubledMirror made(Machines machines) throws Exception {
    TroubledMirror mirror = notMade(machines);
    try {
      mirror.init();
      return mirror;
    } catch (Throwable e) {
      mirror.close();
      throw e;
    }
  }

  static TroubledMirror notMade(Machines machines) throws Exception {
    return new TroubledMirror(machines, machines.source(), journal(machines));
  }

  /** The value of {@code journal} for the cluster. */
  static String journal(Machines machines) {
    return "{ bootstrap-servers: \""
        + machines.kafka().bootstrapServers()
        + "\", replication-factor: 1 }";
  }

  /** What a typing mistake makes of mirror.yaml. */
  static String withWrongPassword(String yaml, String database) {
    return yaml.lines()
        .map(
            line ->
                line.strip().startsWith(database + ":")
                    ? line.replace("\"" + Engine.PASSWORD + "\"", "\"" + WRONG_PASSWORD + "\"")
                    : line)
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
