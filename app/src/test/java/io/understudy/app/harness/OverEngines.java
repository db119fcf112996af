package io.understudy.app.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A test that holds for every engine: it is run once for each that {@code -Dengines} names, for all
 * by default, and takes the {@link Engine} as its argument.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@MethodSource("io.understudy.app.harness.Engine#chosen")
public @interface OverEngines {}
