/**
 * What the tests from outside are made of: {@link io.hawser.cluster.harness.Testbed} starts real nodes, real servers and
 * real clients as processes, and leaves nothing behind. Start reading there.
 */
@NullMarked
package io.hawser.cluster.harness;

import org.jspecify.annotations.NullMarked;
