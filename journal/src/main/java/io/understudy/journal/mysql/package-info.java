/** Positions in the binary logs of MySQL and MariaDB. */
package io.understudy.journal.mysql;
