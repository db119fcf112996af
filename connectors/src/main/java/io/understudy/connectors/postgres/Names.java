package io.understudy.connectors.postgres;

import io.understudy.journal.MirrorName;
import java.util.concurrent.ThreadLocalRandom;

/** What the mirror is called on the server. All fit into the server's 63 bytes. */
record Names(MirrorName mirror) {
  String slot() {
    return "understudy_" + mirror;
  }

  String publication() {
    return slot();
  }

  /**
   * The prefix of the mirror's own messages in the log: empty ones make it move, others mark it.
   */
  String ownPrefix() {
    return "understudy." + mirror;
  }

  /** Of what makes the log tell schema changes; further functions begin with the same. */
  String schemaFunction() {
    return "ddl_" + mirror;
  }

  /** Holds with what the mirror's messages in the log are sealed. */
  String sealTable() {
    return "seal_" + mirror;
  }

  String schemaTrigger(String event) {
    return slot() + "_" + event;
  }

  String readerSession() {
    return slot() + "_reader";
  }

  String controlSession() {
    return slot() + "_control";
  }

  String verifySession() {
    return slot() + "_verify";
  }

  /** For a slot that lasts as long as a session. */
  String temporarySlot() {
    return slot() + "_" + Integer.toHexString(ThreadLocalRandom.current().nextInt());
  }

  String copySession() {
    return slot() + "_copy";
  }
}
