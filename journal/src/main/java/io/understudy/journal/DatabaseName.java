package io.understudy.journal;

/** The name under which {@code mirror.yaml} knows one of the mirror's databases. */
public record DatabaseName(String value) implements Comparable<DatabaseName> {
  public DatabaseName {
    if (value.isBlank()) {
      throw new IllegalArgumentException("a database needs a name");
    }
  }

  @Override
  public int compareTo(DatabaseName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
