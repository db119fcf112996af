package io.understudy.connectors.postgres;

import io.understudy.connectors.LogReader;

/** The ways in which a source's log can be read. */
enum Reading {
  STREAM(LogReader.NATIVE, Long.MAX_VALUE),
  /** In bites wherever possible, which is in turns with the stream. */
  BITES(LogReader.NATIVE, 0),
  /** As it is meant: in bites when far behind. */
  NATIVE(LogReader.NATIVE, 4 << 20),
  DEBEZIUM(LogReader.DEBEZIUM, Long.MAX_VALUE);

  final LogReader reader;
  final long biteBehind;

  Reading(LogReader reader, long biteBehind) {
    this.reader = reader;
    this.biteBehind = biteBehind;
  }
}
