package io.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.OverEngines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/** The demo of every engine ends as its help says. */
class DemoIT {
  @OverEngines
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void endsIdentical(Engine engine) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine(new StopSignal(), new PrintWriter(out), new PrintWriter(err))
            .execute("demo", "--engine", engine.toString());
    assertThat(code).as("%s%n%s", out, err).isZero();
    assertThat(out.toString().strip()).endsWith("\nidentical");
  }
}
