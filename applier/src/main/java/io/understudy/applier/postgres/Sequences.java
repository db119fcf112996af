package io.understudy.applier.postgres;

import io.understudy.journal.postgres.Quoting;
import io.understudy.journal.postgres.SequenceSteps.Place;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the sequences of a standby go on once it is the source. After a loss, behind all that the
 * source may have handed out: what the journal told, a margin for what it did not tell any more,
 * and every value of the columns that draw from them. Such a sequence never goes back, and keeps to
 * the steps of its increment.
 */
final class Sequences {
  /** Lines about sequences that simply go on. */
  private static final int MOST_LINES = 20;

  private final Connection connection;
  private final Map<Long, ToldSequence> told;
  private final double silentSeconds;
  private final int sessions;
  private final List<String> done = new ArrayList<>();
  private int goingOn;

  private Sequences(Connection connection, Map<Long, ToldSequence> told, double silentSeconds)
      throws SQLException {
    this.connection = connection;
    this.told = told;
    this.silentSeconds = silentSeconds;
    this.sessions = sessions(connection);
  }

  /**
   * Moves them past what a source that was lost may have handed out.
   *
   * @param silentSeconds since the last thing that the source is known to have done
   * @return a line on each sequence that was moved or could not be judged, but not on hundreds
   */
  static List<String> raise(Connection connection, ToldSequences table, double silentSeconds)
      throws SQLException {
    Sequences sequences = new Sequences(connection, table.read(connection), silentSeconds);
    for (StandbySequence sequence : StandbySequence.all(connection)) {
      sequences.tellOfOtherColumns(sequence);
      sequences.raise(sequence);
    }
    return sequences.lines(table);
  }

  /**
   * Leaves them where the source last told that they stand; those of which it told nothing are
   * moved past their columns.
   */
  static List<String> settle(Connection connection, ToldSequences table) throws SQLException {
    Sequences sequences = new Sequences(connection, table.read(connection), 0);
    for (StandbySequence sequence : StandbySequence.all(connection)) {
      ToldSequence known = sequences.told.get(sequence.oid());
      if (known == null) {
        sequences.tellOfOtherColumns(sequence);
        sequences.pastColumns(sequence);
      } else {
        sequences.move(sequence, known.place());
      }
    }
    return sequences.lines(table);
  }

  /** Those with columns, as SQL spells them, that our role would not be allowed to move. */
  static List<String> withoutRights(Connection connection) throws SQLException {
    return StandbySequence.all(connection).stream()
        .filter(sequence -> !sequence.movable() && !sequence.columns().isEmpty())
        .map(StandbySequence::name)
        .toList();
  }

  private void tellOfOtherColumns(StandbySequence sequence) {
    for (StandbySequence.Column column : sequence.columns()) {
      if (!column.holdsNumbers()) {
        done.add(
            "sequence "
                + sequence.name()
                + " was not compared with column "
                + column.name()
                + " of "
                + column.table()
                + ", which is of type "
                + column.type());
      }
    }
  }

  private void raise(StandbySequence sequence) throws SQLException {
    if (told.isEmpty()) {
      pastColumns(sequence); // by a version, or a log, that knows nothing of sequences
      return;
    }
    if (!sequence.movable()) {
      forbidden(sequence);
      return;
    }
    Place here = sequence.place(connection);
    ToldSequence known =
        Optional.ofNullable(told.get(sequence.oid()))
            .filter(one -> isWithinBounds(sequence, one.place()))
            .orElse(ToldSequence.only(here));
    BigInteger margin = known.margin(sequence.steps(), silentSeconds, sessions);
    Optional<Long> next = sequence.steps().next(known.place(), margin);
    if (next.isEmpty()) {
      usedUp(sequence, known.place());
      return;
    }
    goOn(sequence, sequence.steps().cycle() ? next.get() : pastAll(sequence, here, next.get()));
  }

  /** Past what columns hold, too, and never back. */
  private long pastAll(StandbySequence sequence, Place here, long next) throws SQLException {
    BigInteger value = BigInteger.valueOf(next);
    Optional<Long> own = sequence.steps().next(here, BigInteger.ZERO);
    if (own.isPresent() && sequence.isPast(BigInteger.valueOf(own.get()), value)) {
      value = BigInteger.valueOf(own.get());
    }
    Optional<BigInteger> extreme = sequence.extreme(connection);
    if (extreme.isEmpty() || sequence.isPast(value, extreme.get())) {
      return value.longValueExact();
    }
    BigInteger raised = stepPast(extreme.get(), value, sequence.steps().increment());
    if (sequence.isWithinBounds(raised)) {
      return raised.longValueExact();
    }
    done.add(
        "sequence "
            + sequence.name()
            + " cannot go past "
            + extreme.get()
            + ", which a column holds that draws from it: it goes on from where the source was");
    return value.longValueExact();
  }

  private void pastColumns(StandbySequence sequence) throws SQLException {
    Optional<BigInteger> extreme = sequence.extreme(connection);
    if (extreme.isEmpty()) {
      return;
    }
    Place here = sequence.place(connection);
    BigInteger next = BigInteger.valueOf(here.last());
    BigInteger increment = BigInteger.valueOf(sequence.steps().increment());
    next = here.called() ? next.add(increment) : next;
    if (sequence.isPast(next, extreme.get())) {
      return;
    }
    BigInteger raised = stepPast(extreme.get(), next, sequence.steps().increment());
    if (sequence.isWithinBounds(raised)) {
      goOn(sequence, raised.longValueExact());
    } else {
      usedUp(sequence, here);
    }
  }

  /** The first value from {@code next} on, in steps of {@code increment}, past {@code extreme}. */
  static BigInteger stepPast(BigInteger extreme, BigInteger next, long increment) {
    BigInteger step = BigInteger.valueOf(increment);
    BigInteger steps = extreme.subtract(next).divide(step).add(BigInteger.ONE);
    return next.add(steps.multiply(step));
  }

  private void goOn(StandbySequence sequence, long next) throws SQLException {
    sequence.set(connection, new Place(next, false));
    if (goingOn++ < MOST_LINES) {
      boolean untold = !told.isEmpty() && !told.containsKey(sequence.oid());
      done.add(
          "sequence "
              + sequence.name()
              + (untold ? ", of which the source told nothing," : "")
              + " goes on with "
              + next);
    }
  }

  private void move(StandbySequence sequence, Place place) throws SQLException {
    if (!sequence.movable()) {
      forbidden(sequence);
    } else if (isWithinBounds(sequence, place)) {
      sequence.set(connection, place);
    }
  }

  private boolean isWithinBounds(StandbySequence sequence, Place place) {
    boolean within = sequence.isWithinBounds(BigInteger.valueOf(place.last()));
    if (!within) {
      done.add(
          "sequence "
              + sequence.name()
              + " stood at "
              + place.last()
              + " on the source, which is beyond its bounds here");
    }
    return within;
  }

  /** It refuses the next value as it would on the source. */
  private void usedUp(StandbySequence sequence, Place known) throws SQLException {
    long bound = sequence.steps().bound();
    sequence.set(connection, new Place(bound, true));
    done.add(
        "sequence "
            + sequence.name()
            + " is used up at its bound "
            + bound
            + (told.isEmpty()
                ? ""
                : ": the source, last seen at " + known.last() + ", may have handed out the rest"));
  }

  private void forbidden(StandbySequence sequence) {
    done.add(
        "sequence "
            + sequence.name()
            + " was not moved, because the role may not; what the source told of it: "
            + Optional.ofNullable(told.get(sequence.oid()))
                .map(known -> String.valueOf(known.place().last()))
                .orElse("nothing")
            + "; set it before clients come: SELECT setval("
            + Quoting.literal(sequence.name())
            + ", …)");
  }

  private List<String> lines(ToldSequences table) throws SQLException {
    if (goingOn > MOST_LINES) {
      done.add((goingOn - MOST_LINES) + " more sequences go on likewise");
    }
    done.addAll(table.missing(connection));
    return done;
  }

  private static int sessions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_setting('max_connections')::int")) {
      row.next();
      return row.getInt(1);
    }
  }
}
