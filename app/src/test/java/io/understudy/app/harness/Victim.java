package io.understudy.app.harness;

/** What can be killed. Both methods return when it has happened. */
public interface Victim {
  String name();

  void kill() throws Exception;

  void start() throws Exception;
}
