/** MySQL and MariaDB as sources: one code for both, what differs stands in {@code Product}. */
package io.understudy.connectors.mysql;
