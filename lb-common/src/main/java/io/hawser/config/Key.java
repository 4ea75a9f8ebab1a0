package io.hawser.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a record component a key of the configuration file: the reader, the defaults and the reference are made from
 * it, so that a key is added in one place.
 *
 * <p>The key's name is the component's in kebab-case, unless {@link #name} says otherwise. A key without a default is required, unless the component is
 * {@code @Nullable}: then leaving it out means null.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Key {

    /** The key's name, where it can't be a Java component's; empty: the component's. */
    String name() default "";

    /** What the key is for, as the reference prints it: Markdown on one line, without the default and the range. */
    String value();

    /** The default as it would be written in the file; a <code>${name}</code> is filled in from {@link Defaults}. */
    String byDefault() default "";

    /** The least whole number, port or length of an address prefix. */
    int min() default 0;

    /** The greatest whole number or length of an address prefix. */
    int max() default Integer.MAX_VALUE;

    /** The shortest duration. */
    String atLeast() default "0s";

    /** The longest duration; the default bound keeps every sum of times far from overflow. */
    String atMost() default "365d";

    /** What a text must look like. */
    TextKind text() default TextKind.FREE;

    /** What a word out of a fixed choice is called where it is none of them: {@code a balancer}. */
    String noun() default "valid";

    /** The word that may stand in place of a list, and is read as an empty one; empty: none may. */
    String word() default "";

    /** Whether a list must have an element. */
    boolean nonEmpty() default false;

    /** Whether a reload leaves the old value in force until the node is started again. */
    boolean restart() default false;
}
