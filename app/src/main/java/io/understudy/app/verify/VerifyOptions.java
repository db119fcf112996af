package io.understudy.app.verify;

import io.understudy.connectors.TablePatterns;
import io.understudy.verify.VerifyLimits;

/**
 * What a verification is asked to do.
 *
 * @param tables which of the mirror's tables
 * @param repair whether to put right what differs
 */
public record VerifyOptions(TablePatterns tables, VerifyLimits limits, boolean repair) {}
