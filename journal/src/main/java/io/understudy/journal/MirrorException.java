package io.understudy.journal;

/**
 * What can go wrong, in the kinds that decide what happens next. The message names the operation,
 * the object and the position; the remedy is a sentence that says what to do.
 */
public abstract sealed class MirrorException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final String remedy;

  private MirrorException(String message, String remedy, Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  /** What to do about it; empty if it mends itself. */
  public String remedy() {
    return remedy;
  }

  /** A promise would be broken by going on: the mirror stops, and stays stopped. */
  public static final class Invariant extends MirrorException {
    private static final long serialVersionUID = 1;

    public Invariant(String message, String remedy) {
      super(message, remedy, null);
    }

    public Invariant(String message, String remedy, Throwable cause) {
      super(message, remedy, cause);
    }
  }

  /** The other end is away for now; retried, in one place, for as long as it takes. */
  public static final class Transient extends MirrorException {
    private static final long serialVersionUID = 1;

    public Transient(String message, Throwable cause) {
      super(message, "", cause);
    }
  }

  /** Somebody has to change something first; stops and says what. */
  public static final class Operator extends MirrorException {
    private static final long serialVersionUID = 1;

    public Operator(String message, String remedy) {
      super(message, remedy, null);
    }

    public Operator(String message, String remedy, Throwable cause) {
      super(message, remedy, cause);
    }
  }

  /**
   * Possible, and not safe: data could be lost or mixed up. The remedy names the option that
   * insists on it, if there is one.
   */
  public static final class Refused extends MirrorException {
    private static final long serialVersionUID = 1;

    public Refused(String message, String remedy) {
      super(message, remedy, null);
    }
  }

  /** What comes next waits for somebody's decision; the remedy names the ways on. */
  public static final class Held extends MirrorException {
    private static final long serialVersionUID = 1;

    public Held(String message, String remedy) {
      super(message, remedy, null);
    }
  }

  /** Another process has taken this one's role over; it must not write any more. */
  public static final class Superseded extends MirrorException {
    private static final long serialVersionUID = 1;
    private static final String REMEDY =
        "this process was superseded: nothing to do if another one was started for its role; otherwise start it again";

    public Superseded(String message) {
      super(message, REMEDY, null);
    }

    public Superseded(String message, Throwable cause) {
      super(message, REMEDY, cause);
    }
  }
}
