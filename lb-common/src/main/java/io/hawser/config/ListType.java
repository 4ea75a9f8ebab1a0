package io.hawser.config;

/**
 * A list.
 *
 * @param element what each of its elements is
 */
record ListType(ValueType element) implements ValueType {}
