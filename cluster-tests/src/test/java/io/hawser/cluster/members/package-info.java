/** Several nodes as one balancer: what one knows the others know, and one that dies takes nothing with it. */
@NullMarked
package io.hawser.cluster.members;

import org.jspecify.annotations.NullMarked;
