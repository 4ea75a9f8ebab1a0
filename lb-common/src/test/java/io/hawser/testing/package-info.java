/** What tests of every module share. */
@NullMarked
package io.hawser.testing;

import org.jspecify.annotations.NullMarked;
