package io.understudy.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SupervisedRoleTest {

  /** Fails as told, then works until stopped. */
  private static final class Scripted implements Role {
    private final Deque<RuntimeException> failures;
    private final CountDownLatch working = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);

    Scripted(RuntimeException... failures) {
      this.failures = new ArrayDeque<>(Arrays.asList(failures));
    }

    @Override
    public String name() {
      return "scripted";
    }

    @Override
    public void run(Runnable atWork) throws InterruptedException {
      RuntimeException failure = failures.poll();
      if (failure != null) {
        throw failure;
      }
      atWork.run();
      working.countDown();
      stop.await();
    }

    @Override
    public RoleState working() {
      return RoleState.STREAMING;
    }

    @Override
    public void stop() {
      stop.countDown();
    }
  }

  private static SupervisedRole supervise(Role role) {
    Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(4), new Random(1));
    SupervisedRole supervised =
        new SupervisedRole(role, backoff, Duration.ofSeconds(5), () -> Instant.EPOCH);
    supervised.start();
    return supervised;
  }

  @Test
  void triesAgainUntilWhatIsAwayComesBack() throws Exception {
    MirrorException.Transient away = new MirrorException.Transient("source away", null);
    Scripted role = new Scripted(away, away, away);
    SupervisedRole supervised = supervise(role);

    assertThat(role.working.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(supervised.status().state()).isEqualTo(RoleState.STREAMING);
    supervised.close();
    assertThat(supervised.end().get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(supervised.status().state()).isEqualTo(RoleState.STOPPED);
  }

  @Test
  void endsForGoodWhenSomebodyHasToActFirst() throws Exception {
    MirrorException.Operator dropped = new MirrorException.Operator("slot dropped", "init");
    SupervisedRole supervised = supervise(new Scripted(dropped));

    assertThat(supervised.end().get(10, TimeUnit.SECONDS)).isEqualTo(Optional.of(dropped));
    assertThat(supervised.status().state()).isEqualTo(RoleState.FAILED);
    assertThat(supervised.status().detail()).isEqualTo("slot dropped");
  }

  @Test
  void waitsLongerEachTimeUpToTheLimit() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(350), new Random(1));

    assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(backoff.next()).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    assertThat(backoff.next()).isBetween(Duration.ofMillis(175), Duration.ofMillis(350));
    assertThat(backoff.next()).isBetween(Duration.ofMillis(175), Duration.ofMillis(350));
    backoff.reset();
    assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
  }
}
