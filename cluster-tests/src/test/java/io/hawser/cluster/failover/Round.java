package io.hawser.cluster.failover;

import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.lab.ArpObserver;
import io.hawser.cluster.lab.Host;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What came of one mishap.
 *
 * @param contestant whom it befell
 * @param mishap what it was
 * @param darkMillis how long no new connection succeeded; {@link #FOR_EVER}: for as long as one waited
 * @param twoOwners whether two hosts answered for the address at once, until all was well again
 * @param open connections that were open, when it was done on purpose
 * @param broken how many of those could not be used any more
 */
record Round(String contestant, Mishap mishap, double darkMillis, boolean twoOwners, int open, int broken) {

    static final double FOR_EVER = Double.POSITIVE_INFINITY;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long WITHOUT_A_MOVE_MILLIS = 5000;
    private static final int OPEN = 20;
    private static final long LIGHT_MILLIS = 500;

    /**
     * Has it happen, waits until clients are served again, and mends it.
     *
     * @param patience how long one waits for clients to be served by another host
     */
    static Round of(Contestant contestant, Mishap mishap, Knocker times, ArpObserver observer, Duration patience)
            throws Exception {
        Contestant.Fault fault = contestant.fault(mishap).orElseThrow();
        await("all is well, and clients are served")
                .atMost(PATIENCE)
                .until(() -> contestant.isWhole() && times.isLight(LIGHT_MILLIS));
        Host owner = contestant.owners().get(0);
        TlsClient client = contestant.tls();
        double begun = System.currentTimeMillis() / 1000.0;
        double dark;
        int open;
        int broken;
        try (OpenConnections connections =
                OpenConnections.open(contestant.client(), client, mishap.isDeliberate() ? OPEN : 0)) {
            times.clear();
            long struck = System.nanoTime();
            fault.strike(owner);
            boolean light =
                    mishap.moves() ? isLightElsewhere(contestant, owner, times, patience) : isLightAfterAll(times);
            dark = light ? DarkTimes.darkMillis(times.since(struck)) : FOR_EVER;
            open = connections.count();
            broken = connections.broken();
        }
        boolean two = isSpokenForTwice(observer, begun);
        contestant.mend();
        await("all is well again after " + mishap).atMost(PATIENCE).until(contestant::isWhole);
        awaitHeard(observer);
        two |= observer.contradictions(Contestant.VIP).stream()
                .anyMatch(contradiction -> contradiction.seconds() >= begun);
        return new Round(contestant.id(), mishap, dark, two, open, broken);
    }

    private static void awaitHeard(ArpObserver observer) {
        double now = System.currentTimeMillis() / 1000.0;
        await("the observer has heard all").atMost(PATIENCE).until(() -> observer.lastAsked(Contestant.VIP) > now);
    }

    /** Whether a host spoke for the address again after another had. */
    private static boolean isSpokenForTwice(ArpObserver observer, double since) {
        awaitHeard(observer);
        List<String> turns = observer.turns(Contestant.VIP, since);
        return turns.size() > Set.copyOf(turns).size();
    }

    private static boolean isLightElsewhere(Contestant contestant, Host owner, Knocker times, Duration patience)
            throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - deadline < 0) {
            boolean elsewhere = contestant.owners().stream().anyMatch(host -> !host.equals(owner));
            if (elsewhere && times.isLight(LIGHT_MILLIS)) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return false;
    }

    /** Nothing should happen, so one waits for as long as it could take. */
    private static boolean isLightAfterAll(Knocker times) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(WITHOUT_A_MOVE_MILLIS);
        return times.isLight(LIGHT_MILLIS);
    }

    /** As a line of a file. */
    String line() {
        return String.join(
                ",",
                contestant,
                mishap.name(),
                String.valueOf(darkMillis),
                String.valueOf(twoOwners),
                String.valueOf(open),
                String.valueOf(broken));
    }

    static Round parse(String line) {
        List<String> columns = List.of(line.split(",", -1));
        return new Round(
                columns.get(0),
                Mishap.valueOf(columns.get(1)),
                Double.parseDouble(columns.get(2)),
                Boolean.parseBoolean(columns.get(3)),
                Integer.parseInt(columns.get(4)),
                Integer.parseInt(columns.get(5)));
    }
}
