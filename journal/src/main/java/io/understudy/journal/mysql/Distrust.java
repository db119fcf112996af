package io.understudy.journal.mysql;

import java.io.FileNotFoundException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether a connection failed because this side does not trust the server: trying again would not
 * help. The driver gives that the SQL state of a server that is away.
 */
public final class Distrust {
  /** As the driver says it, and as the JVM does of the session that reads the log. */
  private static final Pattern NAME_CHECK =
      Pattern.compile("hostname verification failed|subject alternative|No name matching");

  /** What the driver says where it was given nothing to trust by. */
  private static final String NO_AUTHORITY = "Self signed certificates";

  private Distrust() {}

  /** What to do about it; empty if the failure is another one. */
  public static Optional<String> remedy(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      boolean certificate = cause instanceof CertificateException;
      String words = String.valueOf(cause.getMessage());
      if ((certificate || cause instanceof SQLException) && NAME_CHECK.matcher(words).find()) {
        return Optional.of(
            "write the host in the URL as the server's certificate names it, or have it certified"
                + " for that name");
      }
      if (certificate || (cause instanceof SQLException && words.contains(NO_AUTHORITY))) {
        return Optional.of(
            "see that serverSslCert is the certificate of the authority that signed the server's,"
                + " and that this has not expired");
      }
      if (cause instanceof FileNotFoundException) {
        return Optional.of("correct the paths of serverSslCert, trustStore and keyStore");
      }
    }
    return Optional.empty();
  }
}
