package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.OwnMessages;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Messages of the log as the protocol's documentation describes them, made by hand. */
final class Messages {
  static final OwnMessages OWN = new OwnMessages("own", "secret");

  private Messages() {}

  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static byte[] message(char kind, Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(kind);
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void string(DataOutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.writeByte(0);
  }

  static byte[] begin(long commitRecord, int xid) {
    return message(
        'B',
        out -> {
          out.writeLong(commitRecord);
          out.writeLong(0);
          out.writeInt(xid);
        });
  }

  static byte[] commit(long commitRecord, long end, long micros) {
    return message(
        'C',
        out -> {
          out.writeByte(0);
          out.writeLong(commitRecord);
          out.writeLong(end);
          out.writeLong(micros);
        });
  }

  /**
   * @param columns name, type's number and whether it identifies, one after the other
   */
  static byte[] relation(int oid, String schema, String name, char identity, Object... columns) {
    return message(
        'R',
        out -> {
          out.writeInt(oid);
          string(out, schema);
          string(out, name);
          out.writeByte(identity);
          out.writeShort(columns.length / 3);
          for (int i = 0; i < columns.length; i += 3) {
            out.writeByte((boolean) columns[i + 2] ? 1 : 0);
            string(out, (String) columns[i]);
            out.writeInt((int) columns[i + 1]);
            out.writeInt(-1);
          }
        });
  }

  static byte[] insert(int oid, byte[] row) {
    return message(
        'I',
        out -> {
          out.writeInt(oid);
          out.writeByte('N');
          out.write(row);
        });
  }

  /**
   * @param kind of the former row; 0 for none
   */
  static byte[] update(int oid, char kind, byte[] before, byte[] after) {
    return message(
        'U',
        out -> {
          out.writeInt(oid);
          if (kind != 0) {
            out.writeByte(kind);
            out.write(before);
          }
          out.writeByte('N');
          out.write(after);
        });
  }

  static byte[] delete(int oid, char kind, byte[] before) {
    return message(
        'D',
        out -> {
          out.writeInt(oid);
          out.writeByte(kind);
          out.write(before);
        });
  }

  static byte[] truncate(int... oids) {
    return message(
        'T',
        out -> {
          out.writeInt(oids.length);
          out.writeByte(3);
          for (int oid : oids) {
            out.writeInt(oid);
          }
        });
  }

  static byte[] own(boolean transactional, String kind, String words) {
    byte[] seal = OWN.seal(words.getBytes(StandardCharsets.UTF_8));
    return logical(
        transactional, "own" + kind, new String(seal, StandardCharsets.US_ASCII) + words);
  }

  static byte[] logical(boolean transactional, String prefix, String content) {
    return message(
        'M',
        out -> {
          byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
          out.writeByte(transactional ? 1 : 0);
          out.writeLong(0);
          string(out, prefix);
          out.writeInt(bytes.length);
          out.write(bytes);
        });
  }

  /** A value is text, {@code null}, or {@code 'u'} for one that the change left alone. */
  static byte[] row(Object... values) {
    byte[] counted =
        message(
            '-',
            out -> {
              out.writeShort(values.length);
              for (Object value : values) {
                if (value instanceof String text) {
                  byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                  out.writeByte('t');
                  out.writeInt(bytes.length);
                  out.write(bytes);
                } else {
                  out.writeByte(value == null ? 'n' : (Character) value);
                }
              }
            });
    return java.util.Arrays.copyOfRange(counted, 1, counted.length);
  }
}
