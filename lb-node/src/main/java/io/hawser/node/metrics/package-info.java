/** The node's metrics, by the names that dashboards and alerts use. The data path holds cached children only. */
@NullMarked
package io.hawser.node.metrics;

import org.jspecify.annotations.NullMarked;
