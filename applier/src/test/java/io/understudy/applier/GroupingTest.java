package io.understudy.applier;

import static io.understudy.applier.Journals.changes;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GroupingTest {
  private static final ApplierLimits LIMITS =
      new ApplierLimits(1_000, 1_000, 1_000_000, Duration.ofSeconds(1), Duration.ofMillis(1));

  private final Grouping grouping = new Grouping(LIMITS);

  @Test
  void hasNoGroupWhereNothingHappened() {
    assertThat(grouping.take()).isEmpty();
  }

  @Test
  void makesGroupsSmallerWhileTheyTakeTooLong() {
    assertThat(changesInAGroup()).isEqualTo(1_000);
    grouping.took(Duration.ofSeconds(4), 1_000);
    assertThat(changesInAGroup()).isEqualTo(250);
    grouping.took(Duration.ofSeconds(4), 250);
    assertThat(changesInAGroup()).isEqualTo(100);
    grouping.took(Duration.ofMillis(100), 100);
    assertThat(changesInAGroup()).isEqualTo(200);
  }

  @Test
  void keepsGroupsSmallWhileNothingShowsThatLargerOnesAreFast() {
    grouping.took(Duration.ofSeconds(4), 1_000);
    grouping.took(Duration.ofMillis(1), 1);
    assertThat(changesInAGroup()).isEqualTo(250);
  }

  private int changesInAGroup() {
    int count = 0;
    while (!grouping.full()) {
      grouping.add(new Group.Transaction("x", changes(count), Journals.start()));
      count++;
    }
    assertThat(grouping.take().orElseThrow().changes()).hasSize(count);
    return count;
  }
}
