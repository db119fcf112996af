package io.understudy.connectors.postgres;

import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import java.util.List;

/** The simplest table with a key, as clients make it and as the log has it. */
final class Accounts {
  static final String DDL = "CREATE TABLE accounts (id int PRIMARY KEY, owner text)";

  private Accounts() {}

  static Relation relation() {
    return new Relation(
        new TableName("public", "accounts"),
        List.of(new Column("id", "integer", true), new Column("owner", "text", false)));
  }

  /** Of any column, as the log has it. */
  static Value text(Object value) {
    return new Value.Text(value.toString());
  }
}
