package io.understudy.journal;

/**
 * That a table is a partition. A standby whose partitions are others takes its rows through the
 * root.
 *
 * @param root the partitioned table at the top
 * @param constraint what all rows of the partition satisfy, as the source spells it
 */
public record Partition(TableName root, String constraint) {
  public Partition {
    if (constraint.isEmpty()) {
      throw new IllegalArgumentException("a partition of " + root + " needs a constraint");
    }
  }
}
