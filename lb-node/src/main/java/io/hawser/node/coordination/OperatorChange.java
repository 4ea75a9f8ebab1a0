package io.hawser.node.coordination;

import io.hawser.pool.OperatorSetting;
import java.time.Instant;

/**
 * What operators have last set of a backend.
 *
 * @param pool the pool's id; this node may not have it
 * @param backend the backend's id; likewise
 * @param by the node that took the change
 * @param at when it did, by that node's clock
 */
public record OperatorChange(String pool, String backend, OperatorSetting setting, String by, Instant at) {}
