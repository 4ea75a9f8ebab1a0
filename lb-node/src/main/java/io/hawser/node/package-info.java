/**
 * The node: its two entry points and the wiring of its rooms. The rooms are packages below this one that do one thing
 * each and know little of each other; start reading at {@code Main}.
 */
@NullMarked
package io.hawser.node;

import org.jspecify.annotations.NullMarked;
