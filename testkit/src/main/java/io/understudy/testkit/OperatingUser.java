package io.understudy.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who runs the servers. They refuse to run as root, so root starts them as {@code nobody}, by one
 * of the programs that exist for that.
 */
final class OperatingUser {
  static final boolean ROOT = isRoot();

  private static final String UNPRIVILEGED = "nobody";

  private final int uid;
  private final int gid;
  private final List<String> prefix;

  private OperatingUser(int uid, int gid, List<String> prefix) {
    this.uid = uid;
    this.gid = gid;
    this.prefix = prefix;
  }

  /** This user, or one without privileges if this is root. */
  static OperatingUser unprivileged() {
    if (!ROOT) {
      return new OperatingUser(-1, -1, List.of());
    }
    String[] entry = passwordEntry();
    int uid = Integer.parseInt(entry[2]);
    int gid = Integer.parseInt(entry[3]);
    Optional<Path> setpriv = Tools.find("setpriv");
    if (setpriv.isPresent()) {
      return new OperatingUser(
          uid,
          gid,
          List.of(
              setpriv.get().toString(),
              "--reuid=" + uid,
              "--regid=" + gid,
              "--clear-groups",
              "--"));
    }
    Path runuser =
        Tools.find("runuser")
            .orElseThrow(
                () ->
                    new ServerException(
                        "database servers do not run as root, and neither setpriv nor runuser is there"
                            + " to run them as "
                            + UNPRIVILEGED
                            + ": install the package util-linux, or run this as an ordinary user"));
    return new OperatingUser(uid, gid, List.of(runuser.toString(), "-u", UNPRIVILEGED, "--"));
  }

  /** The command as this user. */
  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /** Makes the folder this user's own, and checks that this user can get there. */
  void own(Path folder) {
    if (uid < 0) {
      return;
    }
    try {
      Files.setAttribute(folder, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(folder, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      for (Path parent = folder.getParent(); parent != null; parent = parent.getParent()) {
        if (!Files.getPosixFilePermissions(parent).contains(PosixFilePermission.OTHERS_EXECUTE)
            && !Integer.valueOf(uid).equals(Files.getAttribute(parent, "unix:uid"))) {
          throw new ServerException(
              "user "
                  + UNPRIVILEGED
                  + ", as whom root runs database servers, cannot get to "
                  + folder
                  + ": make "
                  + parent
                  + " traversable (chmod o+x), or point java.io.tmpdir elsewhere");
        }
      }
    } catch (IOException e) {
      throw new ServerException(
          "the folder " + folder + " cannot be given to user " + UNPRIVILEGED + ": " + e, e);
    }
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return System.getProperty("user.name").equals("root");
    }
  }

  private static String[] passwordEntry() {
    try {
      return Files.readAllLines(Path.of("/etc/passwd")).stream()
          .map(line -> line.split(":", -1))
          .filter(entry -> entry.length > 3 && entry[0].equals(UNPRIVILEGED))
          .findFirst()
          .orElseThrow(
              () ->
                  new ServerException(
                      "database servers do not run as root, and /etc/passwd has no user "
                          + UNPRIVILEGED
                          + " to run them as: add one, or run this as an ordinary user"));
    } catch (IOException e) {
      throw new ServerException("/etc/passwd cannot be read: " + e, e);
    }
  }
}
