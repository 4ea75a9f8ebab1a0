/** Hashing that every node computes alike, and the packed table on it that bounded per-client state is kept in. */
@NullMarked
package io.hawser.hash;

import org.jspecify.annotations.NullMarked;
