/** Tests of the repository's documents. */
@NullMarked
package io.hawser.documents;

import org.jspecify.annotations.NullMarked;
