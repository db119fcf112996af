package io.understudy.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares a table whose rows have no order that both sides share: no key, or one that they sort in
 * different ways. Each side is read once, in ranges of its own blocks; its rows are summed up in
 * buckets by their hashes, so that equal rows meet in equal buckets wherever they are. Buckets that
 * differ are read once more, row by row.
 */
final class AsBag implements Comparison {
  private static final long BLOCKS_AT_ONCE = 2_048;

  /** Of a partitioned table, whose rows have addresses in each partition. */
  private static final String ALL = "";

  private static final int MOST_BUCKETS = 1 << 14;
  private static final long ROWS_PER_BUCKET = 64;
  private static final int TEXT_CHARACTERS = 400;

  private final Pair pair;
  private final Queries source;
  private final Queries standby;
  private final ChangedColumns columns;
  private final VerifyLimits limits;
  private final int buckets;
  private final Map<Long, Digest> onSource = new HashMap<>();
  private final Map<Long, Digest> onStandby = new HashMap<>();
  private final List<String> sourceBlocks;
  private final List<String> standbyBlocks;
  private int planned;
  private int done;
  private List<RowDifference> differences = List.of();
  private boolean complete = true;

  AsBag(Pair pair, VerifyLimits limits) {
    this.pair = pair;
    this.source = new Queries(pair, pair.source());
    this.standby = new Queries(pair, pair.standby());
    this.columns = new ChangedColumns(pair, source, standby, limits);
    this.limits = limits;
    long wanted = pair.source().bytes() / pair.source().bytesPerRow() / ROWS_PER_BUCKET + 1;
    this.buckets = (int) Math.min(MOST_BUCKETS, Math.max(16, Long.highestOneBit(wanted) << 1));
    this.sourceBlocks = blocks(pair.source());
    this.standbyBlocks = blocks(pair.standby());
  }

  private long mask() {
    return buckets - 1L;
  }

  /** Conditions that together hold for every row once. */
  private static List<String> blocks(Shape shape) {
    List<String> ranges = new ArrayList<>();
    if (shape.whole()) {
      return List.of(ALL);
    }
    for (long block = 0; block + BLOCKS_AT_ONCE < shape.pages(); block += BLOCKS_AT_ONCE) {
      ranges.add(
          " WHERE t.ctid >= '("
              + block
              + ",0)'::tid AND t.ctid < '("
              + (block + BLOCKS_AT_ONCE)
              + ",0)'::tid");
    }
    long last = ranges.size() * BLOCKS_AT_ONCE;
    ranges.add(last == 0 ? ALL : " WHERE t.ctid >= '(" + last + ",0)'::tid");
    return ranges;
  }

  @Override
  public Part next(Scan planning) {
    int part = planned++;
    if (part >= Math.max(sourceBlocks.size(), standbyBlocks.size())) {
      return null;
    }
    return lane -> {
      Lane.Both<Map<Long, Digest>> sums =
          lane.both(
              scan -> sums(scan, source, sourceBlocks, part),
              scan -> sums(scan, standby, standbyBlocks, part));
      synchronized (this) {
        done++;
        sums.source().forEach((bucket, sum) -> onSource.merge(bucket, sum, Digest::plus));
        sums.standby().forEach((bucket, sum) -> onStandby.merge(bucket, sum, Digest::plus));
      }
    };
  }

  private Map<Long, Digest> sums(Scan scan, Queries queries, List<String> blocks, int part)
      throws SQLException, RewrittenException, InterruptedException {
    if (part >= blocks.size()) {
      return Map.of();
    }
    return scan.query(
        queries.shape(),
        queries.buckets(mask(), blocks.get(part)),
        new Object[0],
        rows -> {
          Map<Long, Digest> sums = new HashMap<>();
          while (rows.next()) {
            sums.put(rows.getLong(1), Queries.digest(rows, 2));
          }
          return sums;
        });
  }

  @Override
  public void finish(Lane lane) throws SQLException, RewrittenException, InterruptedException {
    Set<Long> numbers = new HashSet<>(onSource.keySet());
    numbers.addAll(onStandby.keySet());
    numbers.removeIf(
        bucket ->
            onSource
                .getOrDefault(bucket, Digest.NONE)
                .equals(onStandby.getOrDefault(bucket, Digest.NONE)));
    if (numbers.isEmpty()) {
      return;
    }
    Long[] some = some(numbers);
    complete = some.length == numbers.size();
    Lane.Both<KeyedRows> rows =
        lane.both(
            scan -> rows(scan, source, sourceBlocks, some),
            scan -> rows(scan, standby, standbyBlocks, some));
    List<RowDifference> found =
        pair.key().isEmpty()
            ? withoutKey(lane, rows.source(), rows.standby())
            : columns.name(lane, rows.source().differences(pair.key(), rows.standby()));
    complete &= found.size() <= limits.maxRows();
    differences = found.subList(0, Math.min(found.size(), limits.maxRows()));
  }

  /** As many buckets as have about so many rows as are asked for, times those alike in them. */
  private Long[] some(Set<Long> numbers) {
    List<Long> some = new ArrayList<>();
    long most = limits.maxRows() + 100L * ROWS_PER_BUCKET;
    long rows = 0;
    for (Long bucket : numbers.stream().sorted().toList()) {
      if (rows > most) {
        break;
      }
      some.add(bucket);
      rows += onSource.getOrDefault(bucket, Digest.NONE).rows();
      rows += onStandby.getOrDefault(bucket, Digest.NONE).rows();
    }
    return some.toArray(Long[]::new);
  }

  private KeyedRows rows(Scan scan, Queries queries, List<String> blocks, Long[] some)
      throws SQLException, RewrittenException, InterruptedException {
    KeyedRows all = new KeyedRows(new LinkedHashMap<>());
    for (String range : blocks) {
      KeyedRows.read(scan, queries, queries.rowsOfBuckets(mask(), range), new Object[] {some})
          .rows()
          .forEach((key, hashes) -> hashes.forEach(hash -> all.add(key, hash)));
    }
    return all;
  }

  /** Rows alike are counted; what is too many or too few differs. */
  private List<RowDifference> withoutKey(Lane lane, KeyedRows here, KeyedRows there)
      throws SQLException, RewrittenException, InterruptedException {
    Map<KeyedRows.Hash, long[]> counts = new LinkedHashMap<>();
    here.rows()
        .values()
        .forEach(
            hashes -> hashes.forEach(hash -> counts.computeIfAbsent(hash, it -> new long[2])[0]++));
    there
        .rows()
        .values()
        .forEach(
            hashes -> hashes.forEach(hash -> counts.computeIfAbsent(hash, it -> new long[2])[1]++));
    counts.values().removeIf(count -> count[0] == count[1]);
    Long[] firsts =
        counts.keySet().stream()
            .limit(limits.maxRows())
            .map(KeyedRows.Hash::first)
            .toArray(Long[]::new);
    Lane.Both<Map<KeyedRows.Hash, String>> texts =
        lane.both(
            scan -> texts(scan, source, sourceBlocks, firsts),
            scan -> texts(scan, standby, standbyBlocks, firsts));
    List<RowDifference> found = new ArrayList<>();
    counts.forEach(
        (hash, count) ->
            found.add(
                new RowDifference(
                    KeyedRows.kind(count[0], count[1]),
                    List.of(Long.toString(hash.first()), Long.toString(hash.second())),
                    Map.of(),
                    List.of(),
                    texts.source().getOrDefault(hash, texts.standby().getOrDefault(hash, "")),
                    count[0],
                    count[1])));
    return found;
  }

  private static Map<KeyedRows.Hash, String> texts(
      Scan scan, Queries queries, List<String> blocks, Long[] firsts)
      throws SQLException, RewrittenException, InterruptedException {
    Map<KeyedRows.Hash, String> texts = new HashMap<>();
    for (String range : blocks) {
      scan.query(
          queries.shape(),
          queries.texts(TEXT_CHARACTERS, range),
          new Object[] {firsts},
          rows -> {
            while (rows.next()) {
              texts.put(new KeyedRows.Hash(rows.getLong(1), rows.getLong(2)), rows.getString(3));
            }
            return texts;
          });
    }
    return texts;
  }

  @Override
  public synchronized Digest compared() {
    return onSource.values().stream().reduce(Digest.NONE, Digest::plus);
  }

  @Override
  public synchronized double share() {
    return (double) done / Math.max(sourceBlocks.size(), standbyBlocks.size());
  }

  @Override
  public List<RowDifference> differences() {
    return differences;
  }

  @Override
  public boolean complete() {
    return complete;
  }
}
