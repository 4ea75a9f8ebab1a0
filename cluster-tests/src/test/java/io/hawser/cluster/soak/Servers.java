package io.hawser.cluster.soak;

import io.hawser.cluster.failover.VipCluster;
import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.lab.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Backends that give tickets, and others that keep their sessions themselves. Nothing but the session ties a client. */
final class Servers implements VipCluster.Behind {

    static final String NAME_OF_IDS = "ids.example.com";
    private static final int OF_EACH = 3;

    /** The backends' names. */
    static final Set<String> ALL = Set.of("t1", "t2", "t3", "i1", "i2", "i3");

    private final List<Backend> tickets = new ArrayList<>();
    private final List<Backend> ids = new ArrayList<>();

    @Override
    public void start(Testbed bed, Host host, Host client) throws Exception {
        for (int i = 1; i <= OF_EACH; i++) {
            String number = String.valueOf(i);
            tickets.add(host.call(() -> bed.jdkServer("t" + number, host.address())));
            ids.add(host.call(() -> bed.statefulJdkServer("i" + number, host.address())));
        }
        for (Backend backend : tickets) {
            // Java makes its ticket key at the first handshake, and several when several come at once.
            client.call(
                    () -> bed.client(backend.address()).from(client.address()).ask());
        }
    }

    @Override
    public void configure(Configuration configuration) {
        // Long, for machines that are busy with other things as well: who can't renew a short lease in time ends
        // himself.
        configuration.zookeeper("session-timeout", "8s");
        configuration
                .listener("https")
                .bind("0.0.0.0:" + VipCluster.PORT)
                .routeNames("ids", NAME_OF_IDS)
                .route("tickets");
        add(configuration.pool("tickets"), tickets);
        add(configuration.pool("ids"), ids);
    }

    private static void add(Configuration.Pool pool, List<Backend> backends) {
        pool.set("balance", "round-robin")
                .set("affinity", Map.of("by", List.of("tls-session")))
                .health("timeout", "2s")
                .backends(backends.toArray(Backend[]::new));
    }
}
