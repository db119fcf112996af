/**
 * {@code mirror.yaml}: its keys ({@link io.understudy.app.config.Key}), its reading, and the
 * records that the rest of the program sees. A file is either read whole or refused with all that
 * is wrong with it.
 */
package io.understudy.app.config;
