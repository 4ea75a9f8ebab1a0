/** What goes wrong with the files that an operator names, in his words. */
@NullMarked
package io.hawser.node.file;

import org.jspecify.annotations.NullMarked;
