package io.understudy.app.harness;

import java.util.EnumMap;
import java.util.Map;

/**
 * The machines of the engines that a test class runs over, each started when it is first wanted.
 */
public final class MachineHall implements AutoCloseable {
  private final Map<Engine, Machines> machines = new EnumMap<>(Engine.class);

  public Machines of(Engine engine) {
    return machines.computeIfAbsent(engine, Machines::new);
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (Machines one : machines.values()) {
      try {
        one.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    machines.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
