package io.understudy.app.rejoin;

import io.understudy.journal.MirrorException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A report on disk: as JSON in one file, readable in another one beside it. */
final class ReportFiles {
  private ReportFiles() {}

  /**
   * On return both are on the disk; neither was there before. Each is whole as soon as it has its
   * name.
   */
  static void write(Path json, Report report) {
    write(json, out -> ReportJson.write(report, out));
    write(text(json), out -> ReportText.write(report, out));
  }

  static Path text(Path json) {
    String name = json.getFileName().toString();
    String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
    return json.resolveSibling(stem + ".txt");
  }

  private static void write(Path file, Content content) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        content.to(new KeptOpen(Channels.newOutputStream(out)));
        out.force(true);
      }
      Files.move(part, file);
      try (FileChannel folder =
          FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    } catch (FileAlreadyExistsException e) {
      throw new MirrorException.Operator(
          "the report " + file + " is there already", "name another file: --report FILE", e);
    } catch (IOException | UncheckedIOException e) {
      throw new MirrorException.Operator(
          "the report cannot be written to " + file + ": " + e.getMessage(),
          "nothing was changed; name a file that can be written: --report FILE",
          e);
    }
  }

  private interface Content {
    void to(OutputStream out) throws IOException;
  }

  /** Whoever writes closes what it writes to, before it is on the disk. */
  private static final class KeptOpen extends BufferedOutputStream {
    KeptOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
