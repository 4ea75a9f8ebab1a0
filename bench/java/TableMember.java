import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.node.identity.HandshakeCounts;
import io.hawser.node.identity.IdentityFiles;
import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.state.SharedTable;
import io.hawser.node.state.TableEvents;
import io.hawser.node.state.hazelcast.HazelcastSettings;
import io.hawser.node.state.hazelcast.HazelcastState;
import io.hawser.node.state.hazelcast.LinkSecurity;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * One member of a cluster that shares one pool's table, driven by bench/table: a command a line on standard input, an
 * answer a line on standard output. It uses the table as the data path does.
 *
 * <p>Arguments: this member's port, then those of all.
 */
public final class TableMember {

    private static final long TTL_MILLIS = 1_800_000;
    private static final int MAX_ENTRIES = 1_200_000;
    private static final int BACKENDS = 10;

    private final LocalAffinityTable mirror = new LocalAffinityTable(TTL_MILLIS, MAX_ENTRIES, 7);
    private final Events events = new Events();
    private final HazelcastState state;
    private final SharedTable table;

    private static final class Events implements TableEvents {
        final LongAdder[] claims = {new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder()};
        final LongAdder dropped = new LongAdder();
        final AtomicLong received = new AtomicLong();
        final AtomicLong sent = new AtomicLong();

        @Override
        public void claimed(Claim result) {
            claims[result.ordinal()].increment();
        }

        @Override
        public void dropped() {
            dropped.increment();
        }

        @Override
        public void reconciled(int fromOthers, int toOthers) {
            received.addAndGet(fromOthers);
            sent.addAndGet(toOthers);
        }
    }

    private TableMember(int port, List<InetSocketAddress> all) throws Exception {
        InetSocketAddress own = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        state = HazelcastState.join(
                new HazelcastSettings(
                        "bench", "m" + port, own, Duration.ofMillis(10), Duration.ofSeconds(30), () -> all, security()),
                System::nanoTime,
                11);
        table = state.share("bench", mirror, TTL_MILLIS, MAX_ENTRIES, events);
    }

    /** TABLE_TLS names a directory with node.crt, node.key and ca.crt: the members then speak TLS. */
    private static LinkSecurity security() throws Exception {
        String directory = System.getenv("TABLE_TLS");
        if (directory == null) {
            return null;
        }
        Path files = Path.of(directory);
        return new LinkSecurity(
                KeptIdentity.of(
                        new IdentityFiles(
                                "cluster.tls", files.resolve("node.crt"), files.resolve("node.key"), files.resolve("ca.crt")),
                        Clock.systemUTC()),
                new HandshakeCounts());
    }

    public static void main(String[] arguments) throws Exception {
        List<InetSocketAddress> all = new ArrayList<>();
        for (String port : arguments) {
            all.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
        }
        long begin = System.nanoTime();
        TableMember member = new TableMember(Integer.parseInt(arguments[0]), all);
        while (!member.state.unreadiness().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        answer("ready", "millis", (System.nanoTime() - begin) / 1_000_000, "entries", member.mirror.size());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            member.carryOut(line.split(" "));
        }
        member.state.close();
    }

    private static void answer(String what, Object... keysAndValues) {
        StringBuilder line = new StringBuilder("ANSWER ").append(what);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            line.append(' ').append(keysAndValues[i]).append('=').append(keysAndValues[i + 1]);
        }
        System.out.println(line);
    }

    private void carryOut(String[] command) throws Exception {
        switch (command[0]) {
            case "learn" -> learn(Integer.parseInt(command[1]), Integer.parseInt(command[2]), Integer.parseInt(command[3]));
            case "move" -> move(Integer.parseInt(command[1]), Integer.parseInt(command[2]), Double.parseDouble(command[3]));
            case "size" -> answer("size", "entries", mirror.size(), "members", state.peers().size(),
                    "settled", settled(), "received", events.received.get(), "sent", events.sent.get());
            case "memory" -> memory();
            case "lookups" -> lookups(Integer.parseInt(command[1]), Double.parseDouble(command[2]));
            case "claims" -> claims(Integer.parseInt(command[1]), Integer.parseInt(command[2]));
            default -> throw new IllegalArgumentException(String.join(" ", command));
        }
    }

    private int settled() {
        return state.replication().changesWaiting() == 0 && state.replication().lagMillis() < 3000 ? 1 : 0;
    }

    private static AffinityKey key(long number) {
        SplittableRandom random = new SplittableRandom(number);
        return new AffinityKey(AffinityKey.Kind.TLS_SESSION_ID, random.nextLong(), random.nextLong());
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** New sessions, so many a second; 0: as fast as the queue takes them. */
    private void learn(int from, int count, int rate) throws InterruptedException {
        long dropped = events.dropped.sum();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            table.used(key(from + i), "b" + (from + i) % BACKENDS, now());
            pace(begin, i, rate);
        }
        answer("learned", "seconds", seconds(begin), "dropped", events.dropped.sum() - dropped);
    }

    /** Sessions that all are known move to another backend, so many a second: each is told to all. */
    private void move(int known, int rate, double seconds) throws InterruptedException {
        long dropped = events.dropped.sum();
        int count = (int) (rate * seconds);
        SplittableRandom random = new SplittableRandom(rate);
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            table.used(key(random.nextInt(known)), "moved" + rate % 7 + i % BACKENDS, now());
            pace(begin, i, rate);
        }
        answer("moved", "seconds", seconds(begin), "dropped", events.dropped.sum() - dropped,
                "waiting", state.replication().changesWaiting());
    }

    /** As connections come: a few each millisecond. */
    private void pace(long begin, int done, int rate) throws InterruptedException {
        if (rate > 0 && done % Math.max(1, rate / 1000) == 0) {
            long ahead = (long) (done * 1e9 / rate) - (System.nanoTime() - begin);
            if (ahead > 1_000_000) {
                TimeUnit.NANOSECONDS.sleep(ahead);
            }
        } else if (rate == 0 && done % 1000 == 0) {
            while (state.replication().changesWaiting() > 30_000 || state.replication().lagMillis() > 2000) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void memory() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200);
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        answer("memory", "bytes", least);
    }

    private void lookups(int known, double seconds) {
        SplittableRandom random = new SplittableRandom(3);
        AffinityKey[] keys = new AffinityKey[4096];
        long found = 0;
        long done = 0;
        long spent = 0;
        long until = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < until) {
            for (int i = 0; i < keys.length; i++) {
                keys[i] = key(random.nextInt(known));
            }
            long begin = System.nanoTime();
            long now = now();
            for (AffinityKey key : keys) {
                found += mirror.find(key, now) == null ? 0 : 1;
            }
            spent += System.nanoTime() - begin;
            done += keys.length;
        }
        answer("lookups", "rate", (long) (done * 1e9 / spent), "found", found / (double) done);
    }

    /** First connections of unknown clients, one after the other, so many a second. */
    private void claims(int count, int rate) throws InterruptedException {
        long[] micros = new long[count];
        SplittableRandom random = new SplittableRandom(System.nanoTime());
        long before = events.claims[TableEvents.Claim.TIMED_OUT.ordinal()].sum();
        long skippedBefore = events.claims[TableEvents.Claim.SKIPPED.ordinal()].sum();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            AffinityKey key = new AffinityKey(AffinityKey.Kind.CLIENT_IP, random.nextLong(), random.nextLong());
            long asked = System.nanoTime();
            String backend = table.claim(key, "b1", now()).toCompletableFuture().join();
            micros[i] = (System.nanoTime() - asked) / 1000;
            table.used(key, backend, now());
            pace(begin, i, rate);
        }
        Arrays.sort(micros);
        answer("claims",
                "p50", micros[count / 2], "p90", micros[count * 9 / 10], "p99", micros[count * 99 / 100],
                "timed_out", events.claims[TableEvents.Claim.TIMED_OUT.ordinal()].sum() - before,
                "skipped", events.claims[TableEvents.Claim.SKIPPED.ordinal()].sum() - skippedBefore);
    }
}
