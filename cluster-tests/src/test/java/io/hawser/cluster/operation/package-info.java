/** What an operator does to a node while it is busy: nobody who is being served may notice. */
@NullMarked
package io.hawser.cluster.operation;

import org.jspecify.annotations.NullMarked;
