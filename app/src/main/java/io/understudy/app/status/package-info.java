/**
 * How the mirror stands: {@link io.understudy.app.status.StatusSource} asks journal, source and
 * standbys, and makes a {@link io.understudy.app.status.StatusReport} of what they answer.
 */
package io.understudy.app.status;
