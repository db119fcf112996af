package io.understudy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Signs certificates for servers of a test, by the JDK's {@code keytool}. */
public final class Authority {
  /** Of every store that it makes. */
  public static final String PASSWORD = "keystore-canary";

  private static final int LIMIT_SECONDS = 120;

  private final Path folder;
  private final String name;

  /**
   * @param folder where all that it makes is kept
   */
  public Authority(Path folder, String name) throws IOException, InterruptedException {
    this.folder = folder;
    this.name = name;
    keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-ext", "bc:c", "-keyalg", "EC");
    keytool("-exportcert", "-rfc", "-alias", name, "-file", certificate().toString());
  }

  /** What those who trust this authority have. */
  public Path certificate() {
    return folder.resolve(name + ".pem");
  }

  /** The same, as Kafka's clients take it. */
  public Path trustStore() {
    return folder.resolve(name + ".p12");
  }

  /**
   * @param store PKCS#12, with the chain
   * @param certificate PEM
   * @param key PEM
   */
  public record Certified(Path store, String certificate, String key) {}

  /**
   * @param subject for example {@code dns:localhost} or {@code ip:127.0.0.1}
   */
  public Certified certify(String server, String subject)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve(server + ".p12");
    Path request = folder.resolve(server + ".csr");
    Path signed = folder.resolve(server + ".pem");
    in(store, "-genkeypair", "-alias", server, "-dname", "CN=" + server, "-keyalg", "EC");
    in(store, "-certreq", "-alias", server, "-file", request.toString());
    keytool(
        "-gencert",
        "-rfc",
        "-alias",
        name,
        "-ext",
        "san=" + subject,
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString());
    in(store, "-importcert", "-noprompt", "-alias", name, "-file", certificate().toString());
    in(store, "-importcert", "-noprompt", "-alias", server, "-file", signed.toString());
    return new Certified(store, Files.readString(signed), key(store, server));
  }

  private static String key(Path store, String alias) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Key key = keys.getKey(alias, PASSWORD.toCharArray());
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    in(trustStore(), arguments);
  }

  private static void in(Path store, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    Path said = store.resolveSibling("keytool.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool " + arguments[0] + " failed: " + Files.readString(said));
    }
  }
}
