package io.understudy.applier.postgres;

import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One server for all tests of a run that ask for a {@link PostgresServer}; none may stop it. */
final class WithServer implements ParameterResolver {
  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(WithServer.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PostgresServer.class;
  }

  @Override
  public PostgresServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(HERE)
        .getOrComputeIfAbsent("server", key -> new Running(), Running.class)
        .server;
  }

  /** Closed by JUnit at the end of the run. */
  private static final class Running implements AutoCloseable {
    private final PostgresServer server =
        PostgresServer.start(PostgresSettings.defaults().with("max_connections", "50"));

    @Override
    public void close() {
      server.close();
    }
  }
}
