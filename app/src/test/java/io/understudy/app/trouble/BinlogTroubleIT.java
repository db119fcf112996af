package io.understudy.app.trouble;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.MachineHall;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverLogFiles;
import io.understudy.app.harness.ProductProcess;
import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;

/** The own troubles of MySQL and MariaDB: said once, with what to do. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class BinlogTroubleIT {
  private static final MachineHall HALL = new MachineHall();

  @AfterAll
  static void stop() {
    HALL.close();
  }

  @OverLogFiles
  void tellsOfLogsThatAreBegunAnewUnderTheReader(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.onSource("RESET MASTER");
      mirror.onSource("INSERT INTO item VALUES (501, 'in a new log', 1)");

      mirror.end(run).requireClear(1).advises("understudy init --again");
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverLogFiles
  void refusesAServerThatWritesNoLog(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    MysqlProduct product = MysqlProduct.valueOf(engine.name());
    try (DatabaseServer source =
            MysqlServer.start(
                MysqlSettings.of(product)
                    .withPassword(Engine.PASSWORD)
                    .withGtid(false)
                    .withNoBinlog());
        TroubledMirror mirror = new TroubledMirror(machines, source, Mirrors.journal(machines))) {
      mirror
          .command("init")
          .requireClear(1)
          .says("north: log_bin is off", "option file", "restart");
    }
  }

  @OverLogFiles
  void refusesATableWithoutTransactions(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      mirror.onSource("ALTER TABLE item ENGINE = MyISAM");
      String statement = "ALTER TABLE `%s`.`item` ENGINE = InnoDB".formatted(mirror.name());
      mirror
          .command("init")
          .requireClear(1)
          .says("table " + mirror.table("item"), "MyISAM", "no transactions", statement);
      mirror.onSource(statement);
      mirror.init();
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverLogFiles
  void refusesAColumnWhoseTypeIsNotMirrored(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      String add = "ALTER TABLE item ADD COLUMN place point";
      mirror.onSource(add);
      mirror.onStandby(add);
      mirror
          .command("init")
          .requireClear(1)
          .says("table " + mirror.table("item"), "column place", "point", "not mirrored");
    }
  }

  @OverLogFiles
  void refusesTriggersOnAStandby(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      mirror.onStandby(
          "CREATE TRIGGER fires BEFORE INSERT ON item FOR EACH ROW SET NEW.stock = NEW.stock + 1");
      mirror
          .command("init")
          .requireClear(1)
          .says("trigger fires of table " + mirror.table("item"), "DROP TRIGGER");
    }
  }
}
