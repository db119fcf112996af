package io.understudy.applier;

import io.understudy.journal.Position;
import java.util.Optional;

/**
 * What a copy began with; another one that goes on with it keeps that.
 *
 * @param moment of its first snapshot, and of the schema
 * @param behind where the applier is to begin, before the moment, if the journal was there already;
 *     empty if the journal is to begin at the moment
 */
public record CopyStart(Position moment, Optional<Progress> behind) {}
