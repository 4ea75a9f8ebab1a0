package io.hawser.node.demo;

import io.hawser.node.lbctl.Failure;
import io.hawser.node.lbctl.Shell;
import io.hawser.node.logging.EventLog;
import io.hawser.node.logging.LogFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The demonstration: clients with sessions, the death of the node that they all go through, and a move on purpose.
 *
 * <p>One thread runs it, and is interrupted to end it early; whatever happens, nothing that it has started is left.
 */
public final class Demo {

    private static final long TICK_MILLIS = 100;

    /** Past this a VIP that has no owner, or clients that are not answered, count as a failure of the system's. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A node tells the others every 50 ms of the tickets that it saw. */
    private static final long TOLD_MILLIS = 300;

    /** Each client is asked for so many answers after each event before the next one, so that it is seen to come back. */
    private static final int ANSWERS = 2;

    private final DemoSettings settings;
    private final DemoNetwork network;
    private final Display display;
    private final Tally tally = new Tally();
    private long begun;

    private Demo(DemoSettings settings, DemoNetwork network, Display display) {
        this.settings = settings;
        this.network = network;
        this.display = display;
    }

    /**
     * Runs it.
     *
     * @return 0 when every session stayed on its backend, else 1
     * @throws IOException when it cannot run here; the message says why
     */
    public static int run(DemoSettings settings, Shell shell) throws IOException, InterruptedException {
        try (DemoDirectory directory = DemoDirectory.create(Path.of(System.getProperty("java.io.tmpdir")))) {
            return run(settings, shell, directory);
        }
    }

    private static int run(DemoSettings settings, Shell shell, DemoDirectory directory)
            throws IOException, InterruptedException {
        boolean understood = false;
        OutputStream file = Files.newOutputStream(directory.path().resolve("demo.log"));
        EventLog log = EventLog.start(file, LogFormat.LOGFMT, Level.INFO);
        try {
            Demo demo = new Demo(settings, DemoNetwork.choose(new Random()), new Display(shell));
            int exit = demo.play(directory.path());
            understood = exit == 0;
            return exit;
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java cannot do TLS as the demonstration needs it: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            understood = true;
            throw e;
        } finally {
            log.close();
            file.close();
            if (!understood) {
                directory.keep();
                shell.out().println("what the nodes logged is in " + directory.path());
                shell.out().flush();
            }
        }
    }

    private int play(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        try (Stage stage = new Stage(network, settings, directory)) {
            display.say("starting ZooKeeper, " + Stage.BACKENDS + " TLS backends and " + settings.nodes()
                    + " nodes, each node a process of its own");
            Certificates certificates = Certificates.make();
            stage.startZooKeeper();
            stage.startBackends(certificates);
            stage.startNodes("");
            awaitReady(stage);
            begun = System.nanoTime();
            try (Traffic traffic = Traffic.start(network, certificates, tally)) {
                String problem = perform(stage, traffic);
                Verdict verdict = tally.verdict();
                display.say("");
                display.say(VerdictTable.lines(verdict, display.width(), display.colours()));
                display.say("");
                int exit = conclude(verdict, problem);
                if (settings.keep() && problem == null) {
                    keep(stage);
                }
                return exit;
            }
        }
    }

    private int conclude(Verdict verdict, @Nullable String problem) {
        if (problem != null) {
            display.say("verdict: failed: " + problem);
            return 1;
        }
        if (!verdict.good()) {
            display.say("verdict: failed: " + verdict.moved() + " of " + verdict.sessions()
                    + " sessions changed their backend");
            return 1;
        }
        display.say("verdict: every session stayed on its backend (" + verdict.sessions() + " of " + verdict.sessions()
                + ")");
        return 0;
    }

    private void awaitReady(Stage stage) throws IOException, InterruptedException {
        long start = System.nanoTime();
        stage.awaitReady(missing -> display.say("  " + missing));
        display.say("ready after " + (System.nanoTime() - start) / 1_000_000_000L + " s: the VIP "
                + DemoNetwork.text(network.vip()) + " is on " + stage.owner() + ", and "
                + SessionKind.values().length * Traffic.CLIENTS_OF_A_KIND + " clients begin to come");
    }

    /** Returns what went wrong; null when nothing did. */
    private @Nullable String perform(Stage stage, Traffic traffic) throws InterruptedException {
        long third = settings.traffic().toMillis() / 3;
        watch(stage, third);
        if (!awaitAnswers(stage)) {
            return "not every client was answered";
        }
        String killed = stage.owner();
        if (killed == null) {
            return "no node has the VIP";
        }
        // Java's servers give a new TLS 1.2 ticket at each visit, and what a node saw within its last 50 ms dies with
        // it.
        traffic.pause(SessionKind.TLS12_TICKET);
        Thread.sleep(TOLD_MILLIS);
        event("SIGKILL to " + killed + ", which has the VIP");
        stage.kill(killed);
        traffic.resume(SessionKind.TLS12_TICKET);
        String heir = awaitOwner(stage, killed);
        if (heir == null) {
            return "no other node took the VIP over";
        }
        display.say(stamp() + heir + " has the VIP");
        watch(stage, 2 * third);
        if (!awaitAnswers(stage)) {
            return "not every client was answered after " + killed + " had died";
        }
        String target = stage.another(heir);
        event("lbctl vip move " + NodeFile.VIP + " --to " + target);
        try {
            stage.moveVip(target);
        } catch (Failure e) {
            return "the VIP can't be moved: " + e.getMessage();
        }
        if (awaitOwner(stage, heir) == null) {
            return "the VIP did not move";
        }
        display.say(stamp() + target + " has the VIP");
        watch(stage, settings.traffic().toMillis());
        return awaitAnswers(stage) ? null : "not every client was answered after the VIP had moved";
    }

    private void event(String what) {
        tally.event(what);
        display.say(stamp() + what);
    }

    private String stamp() {
        return String.format(Locale.ROOT, "%.1f s: ", (System.nanoTime() - begun) / 1e9);
    }

    /** Shows how all stands until so many milliseconds are over since the clients began. */
    private void watch(Stage stage, long until) throws InterruptedException {
        while (System.nanoTime() - begun < until * 1_000_000) {
            display.show(snapshot(stage, stage.owner()));
            Thread.sleep(TICK_MILLIS);
        }
    }

    private boolean awaitAnswers(Stage stage) throws InterruptedException {
        long start = System.nanoTime();
        while (!tally.allAnswered(ANSWERS)) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                return false;
            }
            display.show(snapshot(stage, stage.owner()));
            Thread.sleep(TICK_MILLIS);
        }
        return true;
    }

    /** The node that has the VIP once it is another than this; null when that doesn't come. */
    private @Nullable String awaitOwner(Stage stage, String before) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            String owner = stage.owner();
            if (owner != null && !owner.equals(before)) {
                return owner;
            }
            display.show(snapshot(stage, owner));
            Thread.sleep(TICK_MILLIS / 10);
        }
        return null;
    }

    private Snapshot snapshot(Stage stage, @Nullable String owner) {
        Map<String, Boolean> alive = new LinkedHashMap<>();
        stage.nodes().forEach(node -> alive.put(node.id(), node.isAlive()));
        long now = System.nanoTime();
        return new Snapshot(
                (now - begun) / 1e9,
                DemoNetwork.text(network.vip()),
                owner,
                alive,
                IntStream.rangeClosed(1, Stage.BACKENDS)
                        .mapToObj(NodeFile::backend)
                        .toList(),
                tally.sessionsOf(),
                tally.answersOf(),
                tally.rate(now),
                tally.verdict());
    }

    private void keep(Stage stage) throws InterruptedException {
        List<NodeProcess> alive =
                stage.nodes().stream().filter(NodeProcess::isAlive).toList();
        String first = alive.get(0).id();
        String lbctl = settings.distribution().resolve("bin/lbctl").toString();
        display.say("");
        display.say("all goes on until Ctrl-C:");
        display.say("  the VIP     https://" + DemoNetwork.text(network.vip()) + "/     (curl -k)");
        alive.forEach(
                node -> display.say("  " + node.id() + "         " + stage.admin(node.id()) + "   metrics: /metrics"));
        display.say("  export LBCTL_NODE=" + stage.admin(first));
        for (String command : List.of(
                "status",
                "vips",
                "vip move " + NodeFile.VIP + " --to " + first,
                "backends",
                "backend drain " + NodeFile.POOL + "/b1",
                "affinity " + NodeFile.POOL,
                "top")) {
            display.say("  " + lbctl + " " + command);
        }
        while (true) {
            Thread.sleep(TICK_MILLIS);
            display.show(snapshot(stage, stage.owner()));
        }
    }
}
