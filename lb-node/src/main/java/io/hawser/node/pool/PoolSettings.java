package io.hawser.node.pool;

import io.hawser.balance.Algorithm;

/**
 * What a pool does with its connections.
 *
 * @param balance chooses where nothing ties a client to a backend
 * @param clientIpAffinity whether clients are tied to backends by their address
 * @param v4Prefix bits of an IPv4 address that tell clients apart
 * @param v6Prefix bits of an IPv6 address that tell clients apart
 * @param proxyHeader what backends are told of the client
 * @param connectTimeoutNanos for one attempt
 * @param connectRetries attempts on other backends after the first
 * @param idleTimeoutNanos after which a connection without a byte either way is closed
 */
public record PoolSettings(
        Algorithm balance,
        boolean clientIpAffinity,
        int v4Prefix,
        int v6Prefix,
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
