package io.hawser.node;

import io.hawser.config.HawserConfig;
import io.hawser.config.PoolConfig;
import io.hawser.node.admin.AdminSettings;
import io.hawser.node.admin.AdminToken;
import io.hawser.node.pool.PoolPlan;
import io.hawser.node.probe.ProbeTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration with all that is outside the file looked up, ready to be taken in.
 *
 * @param config the configuration
 * @param pools by id, in the order of the configuration
 * @param probes of all pools
 * @param ticketProbes of the pools that tie clients by their TLS session
 * @param admin with the token read
 */
record Prepared(
        HawserConfig config,
        Map<String, PoolPlan> pools,
        List<ProbeTarget> probes,
        List<ProbeTarget> ticketProbes,
        AdminSettings admin) {

    /** Whether any probe shakes hands. */
    boolean probesTls() {
        return !ticketProbes.isEmpty()
                || probes.stream().anyMatch(probe -> probe.settings().check().usesTls());
    }

    /**
     * Looks up names and reads files, and changes nothing. Blocks: never on an event loop.
     *
     * @param current the pools as they are; none when the node starts
     * @throws IOException saying what can't be had and what to do
     * @throws IllegalArgumentException likewise
     */
    static Prepared of(HawserConfig config, Map<String, PoolPlan> current) throws IOException {
        Map<String, PoolPlan> pools = new LinkedHashMap<>();
        List<ProbeTarget> probes = new ArrayList<>();
        List<ProbeTarget> ticketProbes = new ArrayList<>();
        for (PoolConfig pool : config.pools()) {
            PoolPlan plan = Plans.pool(pool, current.get(pool.id()));
            pools.put(pool.id(), plan);
            probes.addAll(Plans.probes(pool, plan));
            ticketProbes.addAll(Plans.ticketProbes(pool, plan));
        }
        Path tokenFile = config.admin().tokenFile();
        return new Prepared(
                config,
                pools,
                probes,
                ticketProbes,
                new AdminSettings(
                        Plans.resolve(config.admin().bind(), "admin.bind"),
                        tokenFile == null ? null : AdminToken.read(tokenFile)));
    }
}
