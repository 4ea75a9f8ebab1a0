/** Real clients and real servers, with a node between them. */
@NullMarked
package io.hawser.cluster.peer;

import org.jspecify.annotations.NullMarked;
