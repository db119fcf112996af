/** Standbys on MySQL and MariaDB: one code, with what differs in {@code Product}. */
package io.understudy.applier.mysql;
