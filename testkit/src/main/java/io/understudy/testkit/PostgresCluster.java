package io.understudy.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The files of one PostgreSQL server, in a folder of their own: data, log, and the folder of its
 * Unix socket. As root, they belong to the user who runs the server.
 */
record PostgresCluster(PostgresBinaries binaries, OperatingUser user, Path folder) {
  private static final int INITDB_SECONDS = 120;
  private static final int MAX_SOCKET_FOLDER = 80;
  private static final int PID_LINE = 0;
  private static final int MEMORY_LINE = 6;
  private static final int STATUS_LINE = 7;

  static PostgresCluster create(
      PostgresBinaries binaries, PostgresSettings settings, Watchdog watchdog) {
    Path folder = Folders.temporary("postgresql");
    watchdog.remove(folder);
    PostgresCluster cluster = new PostgresCluster(binaries, OperatingUser.unprivileged(), folder);
    try {
      cluster.initialize(settings, watchdog);
    } catch (IOException e) {
      throw new ServerException("a PostgreSQL cluster cannot be made in " + folder + ": " + e, e);
    }
    return cluster;
  }

  Path data() {
    return folder.resolve("data");
  }

  Path log() {
    return folder.resolve("postgresql.log");
  }

  List<String> serverCommand(int port) {
    return user.command(
        List.of(
            binaries.program("postgres").toString(),
            "-D",
            data().toString(),
            "-p",
            Integer.toString(port)));
  }

  /** Whether the server with this process id takes connections, by its own account. */
  boolean isReady(long pid) {
    List<String> lines = Folders.lines(data().resolve("postmaster.pid"));
    return lines.size() > STATUS_LINE
        && lines.get(PID_LINE).strip().equals(Long.toString(pid))
        && lines.get(STATUS_LINE).strip().equals("ready");
  }

  /**
   * Removes the pid file of a server that was killed, and whose end was awaited: its number may
   * belong to another process by now, which PostgreSQL would take for a running server.
   */
  void forgetDeadServer() {
    releaseMemory();
    try {
      Files.deleteIfExists(data().resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new ServerException("the pid file in " + data() + " cannot be removed: " + e, e);
    }
  }

  /** Removes the small System V memory segment that a server leaves behind when it is killed. */
  void releaseMemory() {
    List<String> lines = Folders.lines(data().resolve("postmaster.pid"));
    if (lines.size() <= MEMORY_LINE) {
      return;
    }
    String[] keyAndId = lines.get(MEMORY_LINE).strip().split("\\s+", -1);
    Tools.find("ipcrm")
        .filter(ipcrm -> keyAndId.length == 2)
        .ifPresent(ipcrm -> run(user.command(List.of(ipcrm.toString(), "-m", keyAndId[1]))));
  }

  private void initialize(PostgresSettings settings, Watchdog watchdog) throws IOException {
    Path socket = folder.resolve("socket");
    user.own(folder);
    for (Path each : List.of(data(), socket)) {
      Files.createDirectory(each);
      user.own(each);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                binaries.program("initdb").toString(),
                "--pgdata=" + data(),
                "--username=" + PostgresServer.USER,
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions"));
    if (settings.password().isPresent()) {
      Path password = Files.writeString(folder.resolve("password"), settings.password().get());
      user.own(password);
      command.add("--auth=scram-sha-256");
      command.add("--pwfile=" + password);
    } else {
      command.add("--auth=trust");
    }
    Process initdb =
        watchdog.start(
            "KILL",
            new ProcessBuilder(user.command(command))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile()));
    if (waitFor(initdb) != 0) {
      throw new ServerException("initdb failed in " + folder + ":\n" + Folders.tail(log(), 4_000));
    }
    Files.deleteIfExists(folder.resolve("password"));
    configure(settings, socket);
  }

  private void configure(PostgresSettings settings, Path socket) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("listen_addresses = '127.0.0.1'");
    boolean fits = socket.toString().length() <= MAX_SOCKET_FOLDER;
    lines.add("unix_socket_directories = '" + (fits ? socket : "") + "'");
    // In the data folder, so that it goes with it; in /dev/shm it would outlive a kill -9.
    lines.add("dynamic_shared_memory_type = mmap");
    for (Map.Entry<String, String> setting : settings.settings().entrySet()) {
      lines.add(setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'");
    }
    Files.write(data().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
    for (Map.Entry<String, String> file : settings.files().entrySet()) {
      Path path = Files.writeString(data().resolve(file.getKey()), file.getValue());
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      user.own(path);
    }
  }

  private static int waitFor(Process process) {
    try {
      if (!process.waitFor(INITDB_SECONDS, TimeUnit.SECONDS)) {
        throw new ServerException("initdb took longer than " + INITDB_SECONDS + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw Processes.interrupted("initdb ran", e);
    }
  }

  private static void run(List<String> command) {
    try {
      new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new ServerException(command + " could not be run: " + e, e);
    } catch (InterruptedException e) {
      throw Processes.interrupted("running " + command, e);
    }
  }
}
