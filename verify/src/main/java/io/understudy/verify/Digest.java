package io.understudy.verify;

/**
 * What a number of rows come to, whatever their order. The sums are of 64 bits, without a carry.
 *
 * @param bytes of the rows' texts
 */
record Digest(long rows, long first, long second, long bytes) {
  static final Digest NONE = new Digest(0, 0, 0, 0);

  Digest plus(Digest other) {
    return new Digest(
        rows + other.rows, first + other.first, second + other.second, bytes + other.bytes);
  }
}
