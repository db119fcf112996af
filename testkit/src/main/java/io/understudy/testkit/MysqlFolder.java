package io.understudy.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The files of one server of MySQL or MariaDB, in a folder of their own: data with the socket in
 * it, log, temporary files. The data is a copy of a server's that was initialized once and never
 * ran. As root, all belongs to the user who runs the server.
 */
record MysqlFolder(MysqlBinaries binaries, OperatingUser user, Path folder) {
  /** To be raised when a template is made differently. */
  private static final String TEMPLATE = "-data-1";

  private static final int RUN_SECONDS = 180;
  private static final int TAIL_BYTES = 4_000;
  private static final long HIGHEST_SERVER_ID = 4_294_967_295L;
  private static final String SOCKET = "mysql.sock";
  private static final String PID = "mysql.pid";

  static MysqlFolder create(MysqlBinaries binaries, MysqlSettings settings, Watchdog watchdog) {
    OperatingUser user = OperatingUser.unprivileged();
    Path folder = Folders.temporary(binaries.product().key());
    watchdog.remove(folder);
    MysqlFolder files = new MysqlFolder(binaries, user, folder);
    Path copy =
        Tools.find("cp")
            .orElseThrow(
                () -> new ServerException("there is no cp: install the package coreutils"));
    try {
      Path template =
          Cache.folder(
              binaries.home().getFileName() + TEMPLATE,
              half -> makeTemplate(binaries, user, half, watchdog));
      user.own(folder);
      Files.createDirectory(files.temporary());
      user.own(files.temporary());
      run(
          user.command(
              List.of(
                  copy.toString(),
                  "-R",
                  "-p",
                  template.resolve("data").toString(),
                  folder.toString())),
          files.log(),
          watchdog);
      files.write(files.firstStatements(), firstStatements(settings.password()));
      for (Map.Entry<String, String> file : settings.files().entrySet()) {
        files.write(files.data().resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new ServerException(
          "the files of " + binaries.product().title() + " cannot be made in " + folder + ": " + e,
          e);
    }
    return files;
  }

  Path log() {
    return folder.resolve("server.log");
  }

  Path data() {
    return folder.resolve("data");
  }

  List<String> serverCommand(MysqlSettings settings, long serverId, int port) {
    List<String> command =
        new ArrayList<>(
            List.of(
                binaries.server().toString(),
                // Like --no-defaults, with which MySQL would not read what SET PERSIST kept either.
                "--defaults-file=/dev/null",
                "--basedir=" + binaries.home(),
                "--datadir=" + data(),
                "--tmpdir=" + temporary(),
                // Both within the data folder: a path to a socket must be short.
                "--socket=" + SOCKET,
                "--pid-file=" + PID,
                "--port=" + port,
                "--server-id=" + serverId));
    settings
        .allOptions()
        .forEach(
            (name, value) ->
                command.add("--" + name.replace('_', '-') + (value.isEmpty() ? "" : "=" + value)));
    settings
        .files()
        .keySet()
        .forEach(name -> command.add("--" + name.replace('_', '-') + "=" + data().resolve(name)));
    if (Files.exists(firstStatements())) {
      command.add("--init-file=" + firstStatements());
    }
    return user.command(command);
  }

  /** The server has its user now. */
  void forgetFirstStatements() {
    delete(firstStatements());
  }

  /**
   * Removes what a server leaves that was killed, and whose end was awaited: the number in it may
   * belong to another process by now, which would be taken for a running server.
   */
  void forgetDeadServer() {
    for (String name : List.of(SOCKET, SOCKET + ".lock", PID)) {
      delete(data().resolve(name));
    }
  }

  static long randomServerId() {
    return ThreadLocalRandom.current().nextLong(1, HIGHEST_SERVER_ID);
  }

  private Path temporary() {
    return folder.resolve("tmp");
  }

  private Path firstStatements() {
    return folder.resolve("first.sql");
  }

  /** Not in the binary log: what is mirrored begins after it. */
  private static String firstStatements(String password) {
    String literal = "'" + password.replace("\\", "\\\\").replace("'", "''") + "'";
    return String.join(
        "\n",
        "SET sql_log_bin = 0;",
        // MariaDB makes these, without a password; they would come before the one for everywhere.
        "DROP USER IF EXISTS '" + MysqlServer.USER + "'@'127.0.0.1';",
        "DROP USER IF EXISTS '" + MysqlServer.USER + "'@'::1';",
        "CREATE USER '" + MysqlServer.USER + "'@'%' IDENTIFIED BY " + literal + ";",
        "GRANT ALL PRIVILEGES ON *.* TO '" + MysqlServer.USER + "'@'%' WITH GRANT OPTION;",
        "");
  }

  private static void makeTemplate(
      MysqlBinaries binaries, OperatingUser user, Path folder, Watchdog watchdog)
      throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    user.own(data);
    run(
        user.command(binaries.product().initializeCommand(binaries.home(), data)),
        folder.resolve("initialize.log"),
        watchdog);
    // The server's own id: each copy makes itself a new one.
    Files.deleteIfExists(data.resolve("auto.cnf"));
  }

  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    user.own(file);
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ServerException("the file " + file + " cannot be removed: " + e, e);
    }
  }

  private static void run(List<String> command, Path log, Watchdog watchdog) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // A script of MariaDB's needs the usual programs; whoever started the JVM may have had less.
    builder.environment().merge("PATH", ":/usr/bin:/bin", String::concat);
    Process process = watchdog.start("KILL", builder);
    try {
      if (!process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)) {
        throw new ServerException(command + " took longer than " + RUN_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      throw Processes.interrupted(command + " ran", e);
    }
    if (process.exitValue() != 0) {
      String output = Folders.tail(log, TAIL_BYTES);
      Optional<String> library = MysqlBinaries.missingLibrary(output);
      throw new ServerException(
          library.orElse(command + " ended with exit code " + process.exitValue()) + "\n" + output);
    }
  }
}
