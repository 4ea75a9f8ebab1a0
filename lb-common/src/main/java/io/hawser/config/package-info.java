/** Configuration: the records that hold it, and the reader that fills them and names every mistake with its place. */
@NullMarked
package io.hawser.config;

import org.jspecify.annotations.NullMarked;
