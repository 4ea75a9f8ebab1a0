package io.hawser.node.connection;

import io.hawser.node.metrics.PoolMetrics;
import io.hawser.node.pool.Pool;

/**
 * Where a listener's route leads.
 *
 * @param pool the pool
 * @param metrics of the connections that this listener brings to it
 */
public record RoutedPool(Pool pool, PoolMetrics metrics) {}
