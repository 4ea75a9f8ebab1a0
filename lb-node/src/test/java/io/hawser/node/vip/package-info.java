@NullMarked
package io.hawser.node.vip;

import org.jspecify.annotations.NullMarked;
