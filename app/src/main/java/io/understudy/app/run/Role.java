package io.understudy.app.run;

/**
 * Work that goes on until stopped or until something fails; what happens then is {@link
 * SupervisedRole}'s business.
 */
public interface Role {

  /** {@code reader}, or {@code applier/} and the standby's name. */
  String name();

  /**
   * One try: from connecting to whatever ends it. Returns only after {@link #stop()}.
   *
   * @param atWork to be called once the role does what it is for
   * @throws io.understudy.journal.MirrorException by its kind
   */
  void run(Runnable atWork) throws InterruptedException;

  /** The state in which this role does what it is for. */
  RoleState working();

  /** What there is to say of it while it works; may be empty. */
  default String detail() {
    return "";
  }

  /** Asks {@link #run} to return soon; from any thread, more than once, before or during it. */
  void stop();
}
