package io.hawser.config;

/** What kind of value a key takes. */
sealed interface ValueType permits ScalarType, ListType, Section {}
