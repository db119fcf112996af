package io.understudy.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that keeps unpacked programs from one run to the next: this user's cache, or, for
 * root, one that every user may read. A folder that belongs to somebody else is never used: it
 * would hold programs that this user then runs.
 */
final class Cache {
  private static final String HALF = ".half-";

  /** One lock for the threads of this JVM; the file lock is for other processes. */
  private static final Object FILLING = new Object();

  private Cache() {}

  /** Puts into an empty folder what the cache is to keep. */
  interface Filler {
    void fill(Path folder) throws IOException;
  }

  /**
   * The folder of this name, filled the first time it is asked for. It appears by a rename when it
   * is complete, and a file lock keeps other processes from filling it at the same time.
   */
  static Path folder(String name, Filler filler) throws IOException {
    Path cache = folder();
    Path folder = cache.resolve(name);
    synchronized (FILLING) {
      try (FileChannel file =
              FileChannel.open(
                  cache.resolve(name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        if (!Files.exists(folder) && lock.isValid()) {
          removeHalves(cache, name);
          Path half = Files.createTempDirectory(cache, name + HALF);
          Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rwxr-xr-x"));
          try {
            filler.fill(half);
          } catch (IOException | RuntimeException | Error e) {
            Folders.delete(half);
            throw e;
          }
          Files.move(half, folder, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
    return folder;
  }

  /** What a process left that was killed while it filled the folder. */
  private static void removeHalves(Path cache, String name) throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      files
          .filter(f -> f.getFileName().toString().startsWith(name + HALF))
          .forEach(Folders::delete);
    }
  }

  static Path folder() {
    List<String> refusals = new ArrayList<>();
    for (Path candidate : candidates()) {
      try {
        Files.createDirectories(candidate);
        if (OperatingUser.ROOT) {
          Files.setPosixFilePermissions(candidate, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        if (Files.getOwner(candidate).getName().equals(System.getProperty("user.name"))
            && Files.isWritable(candidate)) {
          return candidate;
        }
        refusals.add(candidate + " belongs to " + Files.getOwner(candidate).getName());
      } catch (IOException e) {
        refusals.add(e.toString());
      }
    }
    throw new ServerException("there is no folder to unpack programs to: " + refusals);
  }

  private static List<Path> candidates() {
    List<Path> all = new ArrayList<>();
    if (OperatingUser.ROOT) {
      all.add(Path.of("/var/cache/understudy"));
    } else {
      Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
          .filter(home -> home.startsWith("/"))
          .ifPresent(home -> all.add(Path.of(home, "understudy")));
      all.add(Path.of(System.getProperty("user.home"), ".cache", "understudy"));
    }
    all.add(
        Path.of(
            System.getProperty("java.io.tmpdir"), "understudy-" + System.getProperty("user.name")));
    return all;
  }
}
