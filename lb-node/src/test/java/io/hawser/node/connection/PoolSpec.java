package io.hawser.node.connection;

import io.hawser.affinity.AffinityPolicy;
import io.hawser.balance.Algorithm;
import io.hawser.health.HealthSettings;
import io.hawser.net.Endpoint;
import io.hawser.node.pool.PoolPlan;
import io.hawser.node.pool.PoolSettings;
import io.hawser.pool.Backend;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A pool for a test: what does not matter to it has a default. */
final class PoolSpec {

    private final String id;
    private final List<PoolPlan.Resolved> backends = new ArrayList<>();
    private Algorithm balance = Algorithm.ROUND_ROBIN;
    private List<AffinityPolicy.By> affinity = List.of();
    private PoolSettings.ProxyHeaderVersion proxyHeader = PoolSettings.ProxyHeaderVersion.NONE;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private int connectRetries = 2;
    private Duration idleTimeout = Duration.ofMinutes(10);
    private int ejectAfterFailures;
    private Duration ejectTime = Duration.ofSeconds(30);
    private Duration slowStart = Duration.ZERO;

    private PoolSpec(String id) {
        this.id = id;
    }

    static PoolSpec pool(String id) {
        return new PoolSpec(id);
    }

    /** One backend for each server, named b1, b2 and so on. */
    static PoolSpec pool(String id, TestServer... servers) {
        PoolSpec spec = new PoolSpec(id);
        for (TestServer server : servers) {
            spec.backend("b" + (spec.backends.size() + 1), server.address());
        }
        return spec;
    }

    PoolSpec backend(String backend, InetSocketAddress address) {
        return backend(backend, address, 0, false);
    }

    PoolSpec backend(String backend, InetSocketAddress address, int maxConnections, boolean backup) {
        Endpoint endpoint = new Endpoint(address.getAddress().getHostAddress(), address.getPort());
        backends.add(new PoolPlan.Resolved(new Backend(backend, endpoint, 100, maxConnections, backup), address));
        return this;
    }

    PoolSpec balance(Algorithm algorithm) {
        balance = algorithm;
        return this;
    }

    PoolSpec affinity() {
        return affinity(AffinityPolicy.By.CLIENT_IP);
    }

    PoolSpec affinity(AffinityPolicy.By... by) {
        affinity = List.of(by);
        return this;
    }

    PoolSpec sending(PoolSettings.ProxyHeaderVersion version) {
        proxyHeader = version;
        return this;
    }

    PoolSpec connectTimeout(Duration timeout) {
        connectTimeout = timeout;
        return this;
    }

    PoolSpec connectRetries(int retries) {
        connectRetries = retries;
        return this;
    }

    PoolSpec idleTimeout(Duration timeout) {
        idleTimeout = timeout;
        return this;
    }

    PoolSpec ejectAfter(int failures, Duration time) {
        ejectAfterFailures = failures;
        ejectTime = time;
        return this;
    }

    PoolSpec slowStart(Duration time) {
        slowStart = time;
        return this;
    }

    String id() {
        return id;
    }

    PoolPlan plan() {
        return new PoolPlan(
                id,
                new PoolSettings(
                        balance,
                        new AffinityPolicy(affinity, 32, 64, Set.of()),
                        proxyHeader,
                        connectTimeout.toNanos(),
                        connectRetries,
                        idleTimeout.toNanos()),
                Duration.ofMinutes(30).toMillis(),
                10_000,
                List.of(),
                new HealthSettings(false, 2, 3, ejectAfterFailures, ejectTime.toNanos()),
                slowStart.toNanos(),
                backends);
    }
}
