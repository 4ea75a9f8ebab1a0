package io.hawser.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client address keeps its backend: over many connections at once, over reloads, and until that backend is gone. */
final class AffinityIT {

    private static final int CLIENTS = 24;
    private static final int CONNECTIONS = 4;

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    void aClientAddressKeepsItsBackend() throws Exception {
        JdkServer b1 = bed.jdkServer("b1");
        JdkServer b2 = bed.jdkServer("b2");
        JdkServer b3 = bed.jdkServer("b3");
        Configuration configuration = new Configuration();
        configuration.listener("https").route("web");
        // A balancer that ties nobody to anything by itself.
        configuration
                .pool("web")
                .set("balance", "round-robin")
                .backends(b1, b2, b3)
                .health("interval", "200ms");
        configuration.pool("web").health("timeout", "200ms");
        LbNode node = bed.node(configuration);

        Map<String, String> first = askAll(node);
        assertThat(Set.copyOf(first.values())).as("backends in use").containsExactlyInAnyOrder("b1", "b2", "b3");

        configuration.pool("web").backend("b1", "weight", 1).backends(bed.jdkServer("b4"));
        node.reload(configuration);
        assertThat(askAll(node)).as("after a reload that added a backend").isEqualTo(first);

        b2.close();
        Map<String, String> moved = askAll(node);
        first.forEach((client, backend) -> {
            if (backend.equals("b2")) {
                assertThat(moved.get(client))
                        .as("%s, whose backend is gone", client)
                        .isIn("b1", "b3", "b4");
            } else {
                assertThat(moved.get(client))
                        .as("%s, whose backend lives", client)
                        .isEqualTo(backend);
            }
        });
        assertThat(askAll(node)).as("once moved, they stay").isEqualTo(moved);
        assertThat(node.metrics().sum("hawser_affinity_moved_total", "pool", "web"))
                .isEqualTo((double) first.values().stream().filter("b2"::equals).count());
        assertThat(node.complaints()).isEmpty();
    }

    /** All clients connect over and over, all at once; returns the one backend that each of them saw. */
    private Map<String, String> askAll(LbNode node) throws Exception {
        TlsClient any = bed.client(node.address("https"));
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            Map<String, List<Future<String>>> asked = new TreeMap<>();
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                for (int i = 0; i < CLIENTS; i++) {
                    String address = "127.0." + (1 + i % 2) + "." + (1 + i);
                    Callable<String> ask = () -> any.from(address).ask().backend();
                    asked.computeIfAbsent(address, key -> new ArrayList<>()).add(threads.submit(ask));
                }
            }
            Map<String, String> seen = new TreeMap<>();
            for (Map.Entry<String, List<Future<String>>> client : asked.entrySet()) {
                Set<String> backends = new TreeSet<>();
                for (Future<String> answer : client.getValue()) {
                    backends.add(answer.get());
                }
                assertThat(backends).as("backends of %s", client.getKey()).hasSize(1);
                seen.put(client.getKey(), backends.stream().collect(Collectors.joining()));
            }
            return seen;
        } finally {
            threads.shutdownNow();
        }
    }
}
