package io.understudy.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.app.status.FakeEnds;
import io.understudy.app.status.StatusReport;
import io.understudy.app.status.StatusSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StatusCacheTest {
  private final AtomicInteger taken = new AtomicInteger();

  @Test
  void asksTheServersOnceForManyWhoAsk() throws InterruptedException {
    StatusCache cache = new StatusCache(this::collect, Duration.ofHours(1));

    assertThat(cache.get()).isSameAs(cache.get());
    assertThat(taken).hasValue(1);
  }

  @Test
  void asksAgainOnceTheStatusIsOld() throws InterruptedException {
    StatusCache cache = new StatusCache(this::collect, Duration.ZERO);
    cache.get();
    cache.get();

    assertThat(taken).hasValue(2);
  }

  @Test
  void asksAgainEarlierForWhoActsUponIt() throws InterruptedException {
    StatusCache cache = new StatusCache(this::collect, Duration.ofSeconds(20));
    cache.get();
    Thread.sleep(2_001);
    cache.get();
    assertThat(taken).hasValue(1);
    cache.fresh();
    assertThat(taken).hasValue(2);
  }

  @Test
  void showsNothingOldWhenTheStatusCannotBeTaken() throws InterruptedException {
    StatusCache cache =
        new StatusCache(
            () -> {
              if (taken.get() == 1) {
                throw new IllegalStateException("broken");
              }
              return collect();
            },
            Duration.ZERO);
    cache.get();

    assertThatThrownBy(cache::get).isInstanceOf(IllegalStateException.class);
  }

  private StatusReport collect() throws InterruptedException {
    taken.incrementAndGet();
    try (StatusSource source =
        new StatusSource(
            FakeEnds.SHOP,
            List.of(FakeEnds.NORTH),
            FakeEnds.NORTH,
            FakeEnds.healthy(),
            () -> FakeEnds.START)) {
      return source.collect();
    }
  }
}
