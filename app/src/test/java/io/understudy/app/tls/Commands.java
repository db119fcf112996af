package io.understudy.app.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.ProductProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Runs the product with the {@code mirror.yaml} of a folder. */
final class Commands implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Path folder;
  private final Map<String, String> environment;
  private final List<ProductProcess> processes = new ArrayList<>();

  Commands(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  ProductProcess start(String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("-c", folder.resolve("mirror.yaml").toString()));
    ProductProcess process =
        new ProductProcess(
            processes.size() + "-" + command[0],
            folder,
            environment,
            arguments.toArray(String[]::new));
    processes.add(process);
    process.start();
    return process;
  }

  /** Runs one to its end, and returns what it said. */
  String run(int code, String... command) throws InterruptedException {
    ProductProcess process = start(command);
    OptionalInt ended = process.awaitExit(LIMIT);
    assertThat(ended).as(process::said).isEqualTo(OptionalInt.of(code));
    return process.stdout() + process.stderr();
  }

  @Override
  public void close() {
    processes.forEach(ProductProcess::close);
  }
}
