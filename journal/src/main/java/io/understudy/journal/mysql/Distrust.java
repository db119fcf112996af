package io.understudy.journal.mysql;

import java.io.FileNotFoundException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Whether a connection failed because this side does not trust the server: trying again would not
 * help. The driver gives that the SQL state of a server that is away.
 */
public final class Distrust {
  private static final String NAME_CHECK = "hostname verification failed";

  /** What the driver says where it was given nothing to trust by. */
  private static final String NO_AUTHORITY = "Self signed certificates";

  private Distrust() {}

  /** What to do about it; empty if the failure is another one. */
  public static Optional<String> remedy(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || says(cause, NO_AUTHORITY)) {
        return Optional.of(
            "see that serverSslCert is the certificate of the authority that signed the server's,"
                + " and that this has not expired");
      }
      if (says(cause, NAME_CHECK)) {
        return Optional.of(
            "write the host in the URL as the server's certificate names it, or have it certified"
                + " for that name");
      }
      if (cause instanceof FileNotFoundException) {
        return Optional.of("correct the paths of serverSslCert, trustStore and keyStore");
      }
    }
    return Optional.empty();
  }

  private static boolean says(Throwable cause, String words) {
    return cause instanceof SQLException && String.valueOf(cause.getMessage()).contains(words);
  }
}
