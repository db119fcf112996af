package io.understudy.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The folder that keeps unpacked programs from one run to the next: this user's cache, or, for
 * root, one that every user may read. A folder that belongs to somebody else is never used: it
 * would hold programs that this user then runs.
 */
final class Cache {
  private Cache() {}

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
