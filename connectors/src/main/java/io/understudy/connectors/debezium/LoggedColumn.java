package io.understudy.connectors.debezium;

/**
 * A column as the log announced it.
 *
 * @param type the type's object identifier, unsigned 32 bits
 * @param modifier the type's modifier, -1 for none
 * @param identity what the column is to the table's replica identity
 */
public record LoggedColumn(String name, int type, int modifier, Identity identity) {

  /** What a column does in the former row that updates and deletes log. */
  public enum Identity {
    /** The column is not logged there. */
    NONE,
    /** It is part of the index that identifies rows. */
    INDEX,
    /** All columns are logged there: REPLICA IDENTITY FULL. */
    FULL
  }
}
