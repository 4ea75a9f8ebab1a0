package io.hawser.node.pool;

import io.hawser.affinity.AffinityPolicy;
import io.hawser.balance.Algorithm;

/**
 * What a pool does with its connections.
 *
 * @param balance chooses where nothing ties a client to a backend
 * @param affinity what ties clients to backends
 * @param proxyHeader what backends are told of the client
 * @param connectTimeoutNanos for one attempt
 * @param connectRetries attempts on other backends after the first
 * @param idleTimeoutNanos after which a connection without a byte either way is closed
 */
public record PoolSettings(
        Algorithm balance,
        AffinityPolicy affinity,
        ProxyHeaderVersion proxyHeader,
        long connectTimeoutNanos,
        int connectRetries,
        long idleTimeoutNanos) {

    /** The PROXY protocol header that backends get first. */
    public enum ProxyHeaderVersion {
        NONE,
        V1,
        V2
    }
}
