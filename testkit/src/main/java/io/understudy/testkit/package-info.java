/** Placeholder of module testkit until its first class lands. */
package io.understudy.testkit;
