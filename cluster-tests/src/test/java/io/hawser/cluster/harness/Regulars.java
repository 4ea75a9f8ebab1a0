package io.hawser.cluster.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients of {@link JdkServer}s that come back over and over, each with the TLS session that it has, to one node after the
 * other. A node that takes no connections is passed over, as by whoever is told to go elsewhere; everything else that is
 * not the session taken up again by the backend that it was begun with is a failure. At a leisurely pace.
 */
public final class Regulars implements Load.Task {

    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final String[] VERSIONS = {"TLSv1.2", "TLSv1.3"};

    private final List<InetSocketAddress> nodes;
    private final BlockingQueue<Regular> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong refused = new AtomicLong();

    /** One of them; served by one thread at a time. */
    private static final class Regular {
        final TlsClient client;
        final String version;

        @Nullable String backend;

        int turn;

        Regular(TlsClient client, String version, int turn) {
            this.client = client;
            this.version = version;
            this.turn = turn;
        }
    }

    /**
     * Makes them; each has begun its session when this returns.
     *
     * @param nodes where a listener is bound on each node, all with the same port: Java looks up sessions by it
     * @param count how many, half of them with TLS 1.2
     * @param network their addresses are in 127.network.0.0/16
     */
    public Regulars(Testbed bed, List<InetSocketAddress> nodes, int count, int network)
            throws IOException, GeneralSecurityException {
        this.nodes = List.copyOf(nodes);
        for (int i = 0; i < count; i++) {
            TlsClient client = bed.client(nodes.get(0)).from("127." + network + "." + i / 250 + "." + (i % 250 + 1));
            Regular regular = new Regular(client, VERSIONS[i % VERSIONS.length], i);
            visit(regular);
            waiting.add(regular);
        }
    }

    /** Whom the sessions were begun with. */
    public List<String> backends() {
        List<String> backends = new ArrayList<>();
        waiting.forEach(regular -> backends.add(String.valueOf(regular.backend)));
        return backends;
    }

    /** How often a node was passed over because it took no connections. */
    public long refused() {
        return refused.get();
    }

    @Override
    public void run() throws IOException, InterruptedException {
        Regular next = waiting.take();
        try {
            visit(next);
        } finally {
            waiting.add(next);
        }
        LockSupport.parkNanos(PACE_NANOS);
    }

    private void visit(Regular regular) throws IOException {
        for (int i = 0; i < nodes.size(); i++) {
            TlsClient there = regular.client.to(nodes.get(Math.floorMod(regular.turn++, nodes.size())));
            Socket socket;
            try {
                socket = there.connectPlain();
            } catch (ConnectException e) {
                refused.incrementAndGet();
                continue;
            }
            ask(regular, there, socket);
            return;
        }
        throw new ConnectException("no node takes connections");
    }

    private static void ask(Regular regular, TlsClient there, Socket socket) throws IOException {
        Facts facts;
        try (socket;
                TlsClient.Connection connection = there.secure(socket, regular.version)) {
            facts = connection.ask();
        } catch (IOException e) {
            throw new IOException("at " + there.node() + " with " + regular.version, e);
        }
        String before = regular.backend;
        if (before == null) {
            regular.backend = facts.backend();
        } else {
            assertThat(facts)
                    .as("a session of %s at %s", regular.version, there.node())
                    .returns(before, Facts::backend)
                    .returns(true, Facts::resumed);
        }
    }
}
