/** What the demonstration counts and shows; that it runs is seen from outside, in cluster-tests. */
@NullMarked
package io.hawser.node.demo;

import org.jspecify.annotations.NullMarked;
