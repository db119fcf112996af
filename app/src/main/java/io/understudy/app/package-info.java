/** Placeholder of module app until its first class lands. */
package io.understudy.app;
