package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Waits for servers to listen. */
final class Ports {

    private Ports() {}

    /**
     * Returns once the address takes connections.
     *
     * @throws AssertionError when the process that should listen there ends, or takes too long
     */
    static void awaitListening(InetSocketAddress address, OsProcess server, Duration timeout) {
        awaitListening(Place.HERE, address, server, timeout);
    }

    /** Likewise, somewhere else. */
    static void awaitListening(Place place, InetSocketAddress address, OsProcess server, Duration timeout) {
        Awaitility.await(server + " listens on " + address)
                .atMost(timeout)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    if (!server.isAlive()) {
                        throw new AssertionError(server.name() + " ended\n" + server.evidence());
                    }
                    return place.call(() -> connects(address));
                });
    }

    private static boolean connects(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
