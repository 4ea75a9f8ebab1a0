/** Selection: route, affinity and balance meet in one pure decision, the same for the data path and for explain. */
@NullMarked
package io.hawser.selection;

import org.jspecify.annotations.NullMarked;
