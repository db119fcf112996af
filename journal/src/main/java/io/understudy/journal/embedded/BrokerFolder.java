package io.understudy.journal.embedded;

import io.understudy.journal.MirrorException;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder of an embedded broker: what lies where in it, whether it can be used, and how much
 * room is left. Files that others read are written aside and renamed, so that nobody sees half of
 * one. A folder is ours if it holds our mark; one with other contents is never touched.
 */
record BrokerFolder(Path path) {
  /**
   * What must stay free. Kafka maps its index files into memory: on a full disk a write to one ends
   * the JVM instead of failing. So the broker stops cleanly while this much is left.
   */
  static final long RESERVE_BYTES = 16L << 20;

  private static final String MARK = "embedded-journal.properties";
  private static final String FORMAT = "1";
  private static final int TAIL_LINES = 15;
  private static final long TAIL_BYTES = 16L << 10;

  Path data() {
    return path.resolve("data");
  }

  Path temporary() {
    return path.resolve("tmp");
  }

  Path lock() {
    return path.resolve("broker.lock");
  }

  Path log() {
    return path.resolve("broker.log");
  }

  long freeBytes() {
    if (!Files.isDirectory(path)) {
      throw new MirrorException.Operator(
          "the embedded journal's folder " + path + " cannot be read any more",
          "bring the folder back, mount its file system, and start again");
    }
    // Not Files.getFileStore: it looks for a mount point, and below a chroot there is none to see.
    return path.toFile().getUsableSpace();
  }

  /** Creates the folder if it is missing, and refuses one that cannot be used. */
  void prepare() {
    try {
      if (!Files.exists(path)) {
        Files.createDirectories(path.getParent());
        // It will hold the rows of a database.
        Files.createDirectories(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Files.createDirectories(temporary());
      Files.delete(Files.createTempFile(temporary(), "probe", ""));
    } catch (IOException e) {
      if (Files.isDirectory(path)) {
        requireSpace();
      }
      throw new MirrorException.Operator(
          "the embedded journal's folder " + path + " cannot be created or written: " + e,
          "make " + path + " writable for this user, or name another folder under journal.embedded",
          e);
    }
  }

  void requireSpace() {
    long free = freeBytes();
    if (free < RESERVE_BYTES) {
      throw new MirrorException.Operator(
          "the disk under the embedded journal "
              + path
              + " is full: "
              + free
              + " bytes are free, "
              + RESERVE_BYTES
              + " must stay free",
          "make room on the file system of "
              + path
              + ", or move the folder to a larger one while no understudy process runs;"
              + " nothing was lost, start again afterwards");
    }
  }

  /**
   * The cluster id that this folder was made for; a folder without one is given {@code fresh}.
   *
   * @throws MirrorException.Operator if the folder holds something else
   */
  String claim(String fresh) throws IOException {
    Optional<Properties> mark = read(path.resolve(MARK));
    if (mark.isEmpty()) {
      requireNothingElse();
      Properties properties = new Properties();
      properties.setProperty("format", FORMAT);
      properties.setProperty("cluster.id", fresh);
      write(path.resolve(MARK), properties);
      return fresh;
    }
    String cluster = mark.get().getProperty("cluster.id", "");
    if (!FORMAT.equals(mark.get().getProperty("format")) || cluster.isEmpty()) {
      throw new MirrorException.Operator(
          path.resolve(MARK) + " is damaged or was written by another version of Understudy",
          "use the version that made this folder, or restore the file from a backup");
    }
    return cluster;
  }

  /** The data must belong to the cluster that the folder was made for. */
  void requireData(String cluster) throws IOException {
    Path meta = data().resolve("meta.properties");
    Properties properties = read(meta).orElseGet(Properties::new);
    String found = properties.getProperty("cluster.id", "");
    if (!"1".equals(properties.getProperty("version"))
        || !Integer.toString(BrokerSettings.NODE_ID).equals(properties.getProperty("node.id"))
        || found.isEmpty()) {
      throw new MirrorException.Operator(
          meta + " is missing or damaged: the embedded journal cannot be opened",
          "restore the folder "
              + path
              + " from a backup, or make a new one with another name and run 'understudy init'");
    }
    if (!found.equals(cluster)) {
      throw new MirrorException.Operator(
          "the data in "
              + data()
              + " belong to Kafka cluster "
              + found
              + ", but this folder was made for cluster "
              + cluster,
          "put back the data that belong to this folder, or name another folder under"
              + " journal.embedded");
    }
  }

  Optional<BrokerAddress> address() {
    try {
      return read(path.resolve("broker.address")).flatMap(BrokerAddress::from);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void publish(BrokerAddress address) throws IOException {
    write(path.resolve("broker.address"), address.toProperties());
  }

  /** The end of the broker's log, for a message; empty if there is none. */
  String logTail() {
    try (var channel = Files.newByteChannel(log())) {
      long from = Math.max(0, channel.size() - TAIL_BYTES);
      var buffer = java.nio.ByteBuffer.allocate((int) (channel.size() - from));
      channel.position(from);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
      List<String> lines =
          new String(buffer.array(), 0, buffer.position(), java.nio.charset.StandardCharsets.UTF_8)
              .lines()
              .toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }

  /** Removes what an earlier broker of this folder unpacked; kill -9 leaves it behind. */
  void emptyTemporary() throws IOException {
    try (Stream<Path> files = Files.list(temporary())) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void requireNothingElse() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      String others =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.startsWith("broker.") && !name.equals("tmp"))
              .filter(name -> !name.equals("lost+found"))
              .sorted()
              .limit(5)
              .collect(Collectors.joining(", "));
      if (!others.isEmpty()) {
        throw new MirrorException.Operator(
            path + " is not an embedded journal: it holds " + others,
            "name an empty or new folder under journal.embedded");
      }
    }
  }

  private static Optional<Properties> read(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      Properties properties = new Properties();
      properties.load(reader);
      return Optional.of(properties);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
      return Optional.of(new Properties());
    }
  }

  private static void write(Path file, Properties properties) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    try (Writer writer = Files.newBufferedWriter(aside)) {
      properties.store(writer, null);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
