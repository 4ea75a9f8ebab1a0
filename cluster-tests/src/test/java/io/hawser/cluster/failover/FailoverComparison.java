package io.hawser.cluster.failover;

import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.lab.ArpObserver;
import io.hawser.cluster.lab.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures how long an address is dark, with Hawser and with HAProxy and keepalived, and keeps every round in a file: what is
 * in there already is not measured again. {@code cluster-tests/failover} runs it, and says how.
 */
final class FailoverComparison {

    /** Longer than whatever is to be measured. */
    private static final Duration DARK_PATIENCE = Duration.ofSeconds(12);

    /** Rounds that a mishap is given which stays dark, or whose outcome is a matter of yes and no. */
    private static final int FEW = 5;

    private final Options options;

    private FailoverComparison(Options options) {
        this.options = options;
    }

    /**
     * What is to be done.
     *
     * @param rounds of each mishap
     * @param every how often a client begins a new connection
     * @param until when no new round is begun any more
     * @param contestants ids; empty: all
     * @param mishaps empty: all
     * @param rows the file of the rounds
     */
    record Options(int rounds, Duration every, Instant until, Set<String> contestants, Set<Mishap> mishaps, Path rows) {

        static Options parse(String[] arguments) {
            int rounds = 20;
            int every = 5;
            int minutes = 24 * 60;
            List<String> contestants = new ArrayList<>();
            List<Mishap> mishaps = new ArrayList<>();
            Path rows = Path.of("failover.csv");
            for (int i = 0; i + 1 < arguments.length; i += 2) {
                String value = arguments[i + 1];
                switch (arguments[i]) {
                    case "--rounds" -> rounds = Integer.parseInt(value);
                    case "--every" -> every = Integer.parseInt(value);
                    case "--minutes" -> minutes = Integer.parseInt(value);
                    case "--only" -> contestants.add(value);
                    case "--case" -> mishaps.add(Mishap.valueOf(value));
                    case "--rows" -> rows = Path.of(value);
                    default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
                }
            }
            return new Options(
                    rounds,
                    Duration.ofMillis(every),
                    Instant.now().plus(Duration.ofMinutes(minutes)),
                    Set.copyOf(contestants),
                    Set.copyOf(mishaps),
                    rows);
        }
    }

    /** Something that makes a contestant. */
    private interface Maker {
        Contestant make(Testbed bed) throws Exception;
    }

    /** Behind Hawser's nodes, as behind HAProxy. */
    private static final class OneNginx implements VipCluster.Behind {

        private final List<Backend> servers = new ArrayList<>();

        @Override
        public void start(Testbed bed, Host host, Host client) throws Exception {
            servers.add(bed.nginx("b1", host, host.address()));
        }

        @Override
        public void configure(Configuration configuration) {
            configuration.listener("https").bind("0.0.0.0:" + VipCluster.PORT).route("p");
            configuration.pool("p").backends(servers.toArray(Backend[]::new));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(arguments);
        FailoverComparison comparison = new FailoverComparison(options);
        comparison.measure("hawser", bed -> new HawserTrio(bed, new VipCluster(bed, 3, new OneNginx())));
        comparison.measure("keepalived", bed -> new KeepalivedPair(bed, KeepalivedPair.Timing.DEFAULT));
        comparison.measure("keepalived-fast", bed -> new KeepalivedPair(bed, KeepalivedPair.Timing.FAST));
        System.out.println(new ComparisonTable(rows(options.rows())).markdown());
        // Threads of clients and servers may still be at their last connection.
        System.exit(0);
    }

    private static List<Round> rows(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(Round::parse).toList();
        }
    }

    private void measure(String id, Maker maker) throws Exception {
        boolean chosen =
                options.contestants().isEmpty() || options.contestants().contains(id);
        if (!chosen || Arrays.stream(Mishap.values()).noneMatch(mishap -> isLeft(id, mishap))) {
            return;
        }
        try (Testbed bed = Testbed.alone("failover-" + id)) {
            try {
                measureAll(bed, maker);
            } catch (Exception | AssertionError e) {
                System.out.println(bed.evidence());
                throw e;
            }
        }
    }

    private void measureAll(Testbed bed, Maker maker) throws Exception {
        Contestant contestant = maker.make(bed);
        Knocker times = bed.closing(Knocker.on(contestant.client(), contestant.tls(), options.every()));
        for (Mishap mishap : Mishap.values()) {
            measure(contestant, mishap, times);
        }
    }

    private void measure(Contestant contestant, Mishap mishap, Knocker times) throws Exception {
        if (contestant.fault(mishap).isEmpty()) {
            return;
        }
        try (ArpObserver observer = contestant.lab().observer()) {
            while (isLeft(contestant.id(), mishap)) {
                Round round = Round.of(contestant, mishap, times, observer, DARK_PATIENCE);
                System.out.println(round);
                Files.writeString(
                        options.rows(), round.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
    }

    private boolean isLeft(String id, Mishap mishap) {
        boolean chosen = options.mishaps().isEmpty() || options.mishaps().contains(mishap);
        if (!chosen || Instant.now().isAfter(options.until())) {
            return false;
        }
        try {
            List<Round> done = rows(options.rows()).stream()
                    .filter(round -> round.contestant().equals(id) && round.mishap() == mishap)
                    .toList();
            boolean few = !mishap.moves() || done.stream().anyMatch(round -> round.darkMillis() == Round.FOR_EVER);
            return done.size() < (few ? Math.min(FEW, options.rounds()) : options.rounds());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
