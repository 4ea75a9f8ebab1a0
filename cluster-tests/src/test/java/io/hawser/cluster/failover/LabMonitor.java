package io.hawser.cluster.failover;

import io.hawser.cluster.lab.ArpAsker;
import io.hawser.cluster.lab.ArpObserver;
import io.hawser.cluster.lab.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Writes into a file what happens to a cluster's address: who has it, who answers for it, and when clients are in the dark. */
final class LabMonitor implements AutoCloseable {

    private static final Duration ASK_EVERY = Duration.ofMillis(200);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /** After this an attempt has ended, one way or the other. */
    private static final long ENDED_NANOS = TimeUnit.MILLISECONDS.toNanos(1100);

    private static final int LOOKS_OF_AN_OBSERVER = 3000;

    private final VipCluster cluster;
    private final Path file;
    private final ArpAsker asker;
    private final Knocker times;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private ArpObserver observer;
    private int looks;
    private int heard;
    private int contradictions;
    private List<Host> owners = List.of();
    private String answering = "";
    private long seenUntil = System.nanoTime();
    private long darkSince;
    private boolean dark;

    private LabMonitor(VipCluster cluster, Path file, ArpAsker asker, Knocker times) {
        this.cluster = cluster;
        this.file = file;
        this.asker = asker;
        this.times = times;
        this.observer = cluster.lab().observer();
    }

    /** Begins. */
    static LabMonitor of(VipCluster cluster, Path file) throws Exception {
        LabMonitor monitor = new LabMonitor(
                cluster,
                file,
                ArpAsker.on(cluster.lab().host("asker"), VipCluster.VIP, ASK_EVERY),
                Knocker.on(cluster.client(), cluster.tls()));
        var unused =
                monitor.thread.scheduleWithFixedDelay(monitor::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return monitor;
    }

    private void look() {
        try {
            lookAtOwners();
            listen();
            lookAtClients();
        } catch (RuntimeException | AssertionError e) {
            // A host that is being looked at may go down meanwhile.
            say("the monitor missed a look: " + e);
        }
    }

    private void lookAtOwners() {
        List<Host> now = cluster.owners();
        if (!now.equals(owners)) {
            say("kernel   " + (now.isEmpty() ? "no host has the address" : now + " has the address"));
            owners = now;
        }
    }

    private void listen() {
        if (++looks % LOOKS_OF_AN_OBSERVER == 0) {
            observer.close();
            observer = cluster.lab().observer();
            heard = 0;
            contradictions = 0;
        }
        List<ArpObserver.Saying> sayings = observer.sayings(VipCluster.VIP);
        for (ArpObserver.Saying saying : sayings.subList(heard, sayings.size())) {
            if (!saying.answer()) {
                say("arp      " + name(saying.mac()) + " announces the address");
            } else if (!saying.mac().equals(answering)) {
                answering = saying.mac();
                say("arp      " + name(saying.mac()) + " answers for the address");
            }
        }
        heard = sayings.size();
        List<ArpObserver.Contradiction> all = observer.contradictions(VipCluster.VIP);
        for (ArpObserver.Contradiction one : all.subList(contradictions, all.size())) {
            say("arp      TWO OWNERS: " + one.macs().stream().map(this::name).toList() + " answer one question");
        }
        contradictions = all.size();
    }

    private String name(String mac) {
        return cluster.lab().hosts().stream()
                .filter(host -> host.mac().equals(mac))
                .map(Host::name)
                .findFirst()
                .orElse(mac);
    }

    private void lookAtClients() {
        long until = System.nanoTime() - ENDED_NANOS;
        for (DarkTimes.Attempt attempt : times.since(seenUntil)) {
            if (attempt.begunNanos() - until >= 0) {
                break;
            }
            if (!attempt.answered() && !dark) {
                dark = true;
                darkSince = attempt.begunNanos();
                say("clients  in the dark: " + attempt.what());
            } else if (attempt.answered() && dark) {
                dark = false;
                say(String.format(
                        Locale.ROOT, "clients  served again, after %.0f ms", (attempt.begunNanos() - darkSince) / 1e6));
            }
        }
        seenUntil = until;
        times.forgetBefore(until);
    }

    private void say(String what) {
        try {
            Files.writeString(
                    file,
                    LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + "  " + what + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        asker.close();
        times.close();
        observer.close();
    }
}
