package io.understudy.connectors.postgres;

import io.understudy.journal.MirrorName;

/** What the mirror is called on the server. All fit into the server's 63 bytes. */
record Names(MirrorName mirror) {
  String slot() {
    return "understudy_" + mirror;
  }

  String publication() {
    return slot();
  }

  /** The prefix of the messages that make the log move. */
  String beat() {
    return "understudy." + mirror;
  }

  String readerSession() {
    return slot() + "_reader";
  }

  String controlSession() {
    return slot() + "_control";
  }

  String copySession() {
    return slot() + "_copy";
  }
}
