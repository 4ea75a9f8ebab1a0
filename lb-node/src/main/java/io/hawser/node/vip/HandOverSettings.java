package io.hawser.node.vip;

import java.time.Duration;

/**
 * What becomes of connections over VIPs that change hands.
 *
 * @param handOver whether those of an owner that lets go are handed to it
 * @param patience how long they may go on there
 * @param tickle whether clients of a node that died are told
 */
public record HandOverSettings(boolean handOver, Duration patience, boolean tickle) {}
