package io.hawser.node.admin;

import org.jspecify.annotations.Nullable;

/**
 * Something in the configuration that a reload found changed.
 *
 * @param key its path, elements of a list by their id: {@code pools.shop.backends.b3.weight}
 * @param before the value it had; null when there was none, and for a backend, pool or listener as a whole
 * @param after the value it has; null likewise
 * @param needsRestart whether the node keeps to the old value until it is started again
 * @param description all of it on one line, for people
 */
public record SettingChange(
        String key, @Nullable String before, @Nullable String after, boolean needsRestart, String description) {}
