package io.understudy.connectors.mysql;

import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One server of each product for all tests of a run; none may stop it or change its settings. */
final class OneServer implements BeforeAllCallback {
  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(OneServer.class);

  private static Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(HERE)
            .getOrComputeIfAbsent("servers", key -> new Running(), Running.class);
  }

  static MysqlServer of(MysqlProduct product) {
    return running.servers.computeIfAbsent(product, p -> MysqlServer.start(MysqlSettings.of(p)));
  }

  /** Closed by JUnit at the end of the run. */
  private static final class Running implements AutoCloseable {
    private final Map<MysqlProduct, MysqlServer> servers = new EnumMap<>(MysqlProduct.class);

    @Override
    public void close() {
      servers.values().forEach(MysqlServer::close);
    }
  }
}
