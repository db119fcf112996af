/** The source's schema, made on an empty standby by PostgreSQL's own programs. */
package io.understudy.app.schema;
