/**
 * Manual pages and shell completion, written from the command lines' own model while the distribution is built. Start
 * reading at {@link io.hawser.node.manual.Manual}; no running program uses it.
 */
@NullMarked
package io.hawser.node.manual;

import org.jspecify.annotations.NullMarked;
