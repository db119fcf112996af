package io.understudy.journal.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.CRC32C;

/**
 * A journal record's bytes. They lie where they are, large values in the record's own arrays, until
 * somebody wants them in one array, or in several: so a large record takes no memory of its own.
 */
public final class EncodedRecord {
  static final int CHECKSUM_BYTES = 4;

  private final List<ByteBuffer> parts;
  private final long length;
  private final int checksum;

  private EncodedRecord(List<ByteBuffer> parts, long length, int checksum) {
    this.parts = parts;
    this.length = length;
    this.checksum = checksum;
  }

  /** What {@code parts} hold, and behind it its CRC32C, most significant byte first. */
  static EncodedRecord sealed(List<ByteBuffer> parts, long length) {
    CRC32C crc = new CRC32C();
    parts.forEach(part -> crc.update(part.duplicate()));
    int checksum = (int) crc.getValue();
    List<ByteBuffer> all = new ArrayList<>(parts);
    all.add(ByteBuffer.allocate(CHECKSUM_BYTES).putInt(checksum).flip());
    return new EncodedRecord(all, length + CHECKSUM_BYTES, checksum);
  }

  /** Of all of it, in bytes. */
  public long length() {
    return length;
  }

  /** The CRC32C that is also its last four bytes. */
  public int checksum() {
    return checksum;
  }

  /** All of it, copied. */
  public byte[] bytes() {
    return cut(Math.toIntExact(length)).next();
  }

  /**
   * All of it in arrays of {@code bytes}, of which the last is as long as what is left. Each is
   * made when it is asked for.
   */
  public Iterator<byte[]> cut(int bytes) {
    return new Cut(bytes);
  }

  private final class Cut implements Iterator<byte[]> {
    private final int bytes;
    private final Iterator<ByteBuffer> rest = parts.iterator();
    private ByteBuffer part = ByteBuffer.allocate(0);
    private long left = length;

    Cut(int bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] piece = new byte[(int) Math.min(bytes, left)];
      int filled = 0;
      while (filled < piece.length) {
        if (!part.hasRemaining()) {
          part = rest.next().duplicate();
        }
        int copied = Math.min(part.remaining(), piece.length - filled);
        part.get(piece, filled, copied);
        filled += copied;
      }
      left -= piece.length;
      return piece;
    }
  }
}
