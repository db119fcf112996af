package io.understudy.journal.postgres;

/**
 * Settings of a session under which PostgreSQL prints equal values and equal types alike, whatever
 * server, database, role and configuration say. Names of objects print with their schema.
 */
public final class Printing {
  /** Statements, without a semicolon behind the last one. */
  public static final String SETTINGS =
      "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC';"
          + " SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C';"
          + " SET xmlbinary = 'base64'; SET search_path = pg_catalog;"
          + " SET quote_all_identifiers = off";

  private Printing() {}
}
