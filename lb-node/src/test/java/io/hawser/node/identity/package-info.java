/** Tests of identities, and an authority for those of other rooms. */
@NullMarked
package io.hawser.node.identity;

import org.jspecify.annotations.NullMarked;
