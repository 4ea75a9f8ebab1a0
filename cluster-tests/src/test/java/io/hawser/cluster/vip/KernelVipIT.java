package io.hawser.cluster.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.OsProcess.Signal;
import io.hawser.cluster.lab.ArpObserver;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel does with a VIP, between real hosts as namespaces make them. */
@Timeout(180)
final class KernelVipIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String VIP = "198.51.100.100";
    private static final String VIP6 = "2001:db8:100::100";

    private Lab lab;
    private Host a;
    private Host b;
    private Host client;

    @BeforeEach
    void up() {
        lab = Lab.create();
        a = lab.host("a");
        b = lab.host("b");
        client = lab.host("client");
    }

    @AfterEach
    void down() {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void holdsForAsLongAsItWasToldAndNoLonger() throws Exception {
        OsProcess holder = holder(a, VIP, VIP6);
        assertThat(a.holds(VIP)).isFalse();
        ask(holder, "hold 3", "true");
        assertThat(a.ip("-o", "addr", "show", "to", VIP))
                .contains("valid_lft", "sec")
                .doesNotContain("forever");
        assertThat(a.holds(VIP6)).isTrue();
        awaitGone(a, VIP);
        awaitGone(a, VIP6);
        assertThat(holder.isAlive()).isTrue();
        ask(holder, "hold 30", "true");
        assertThat(a.holds(VIP) && a.holds(VIP6)).isTrue();
        ask(holder, "drop", "done");
        assertThat(a.holds(VIP) || a.holds(VIP6)).isFalse();
        ask(holder, "drop", "done");
    }

    @Test
    void doesNothingWhenItIsLate() throws Exception {
        OsProcess holder = holder(a, VIP);
        ask(holder, "late", "false");
        assertThat(a.holds(VIP)).isFalse();
    }

    /** The kernel tells of every address that goes: none does, as long as it is renewed. */
    @Test
    void renewsWithoutAGap() throws Exception {
        OsProcess holder = holder(a, VIP, VIP6);
        OsProcess monitor = a.start("monitor", List.of("ip", "-o", "monitor", "address"), Path.of("."), Map.of());
        await("the monitor listens").atMost(PATIENCE).until(() -> {
            ask(holder, "hold 30", "true");
            return monitor.output().contains(VIP6);
        });
        ask(holder, "keep 20", "done");
        ask(holder, "drop", "done");
        monitor.awaitLine("Deleted.*" + VIP6, PATIENCE);
        assertThat(monitor.lines().stream().filter(line -> line.startsWith("Deleted")))
                .as("only those that it was told to drop")
                .hasSize(2);
    }

    @Test
    void goesWhenItsProcessIsStopped() throws Exception {
        OsProcess holder = holder(a, VIP, VIP6);
        tell(holder, "keep 1000000");
        await().atMost(PATIENCE).until(() -> a.holds(VIP) && a.holds(VIP6));
        holder.signal(Signal.STOP);
        awaitGone(a, VIP);
        awaitGone(a, VIP6);
        holder.signal(Signal.CONT);
        await().atMost(PATIENCE).until(() -> a.holds(VIP));
    }

    /** Long before the lifetime is over. */
    @Test
    void goesWhenItsProcessIsKilled() throws Exception {
        OsProcess holder = holder(a, VIP, VIP6);
        ask(holder, "hold 100000", "true");
        holder.signal(Signal.KILL);
        awaitGone(a, VIP);
        awaitGone(a, VIP6);
    }

    @Test
    void removesWhatAnEarlierProcessLeft() throws Exception {
        a.ip("addr", "add", VIP + "/24", "dev", "eth0");
        a.ip("addr", "add", VIP6 + "/64", "dev", "lo");
        OsProcess holder = holder(a, VIP, VIP6);
        assertThat(a.holds(VIP) || a.holds(VIP6)).isFalse();
        holder.input().close();
        holder.awaitLine("closed", PATIENCE);
    }

    @Test
    void neighboursLearnWhereItIs() throws Exception {
        OsProcess atA = holder(a, VIP, VIP6);
        OsProcess atB = holder(b, VIP, VIP6);
        ask(atA, "hold 100000", "true");
        await().atMost(PATIENCE).until(() -> knows(client, a));
        ask(atA, "drop", "done");
        ask(atB, "hold 100000", "true");
        assertThat(client.neighbour(VIP)).as("nobody told").isEqualTo(a.mac());
        try (ArpObserver observer = lab.observer()) {
            ask(atB, "announce", "done");
            await().atMost(PATIENCE)
                    .until(() ->
                            b.mac().equals(client.neighbour(VIP)) && b.mac().equals(client.neighbour(VIP6)));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(observer.sayings(VIP))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(saying -> saying.mac().equals(b.mac())));
        }
    }

    @Test
    void asksWhoHasItAndBelievesNoSilence() throws Exception {
        OsProcess atB = holder(b, VIP);
        ask(holder(a, VIP), "hold 100000", "true");
        ask(atB, "probe " + a.address(), "false");
        a.signal(Signal.KILL);
        awaitGone(a, VIP);
        await().atMost(PATIENCE).until(() -> answer(atB, "probe " + a.address()).endsWith("true"));
        lab.faults().cut(a, b);
        ask(atB, "probe " + a.address(), "false");
    }

    /** The host may be known by another family's address than the VIP's. */
    @Test
    void asksByNeighbourDiscoveryToo() throws Exception {
        OsProcess atB = holder(b, VIP6);
        OsProcess v4AtB = holder(b, VIP);
        ask(holder(a, VIP, VIP6), "hold 100000", "true");
        ask(atB, "probe " + a.address6(), "false");
        ask(atB, "probe " + a.address(), "false");
        ask(v4AtB, "probe " + a.address6(), "false");
        a.signal(Signal.KILL);
        awaitGone(a, VIP6);
        for (String host : List.of(a.address6(), a.address())) {
            await().atMost(PATIENCE).until(() -> answer(atB, "probe " + host).endsWith("true"));
        }
        await().atMost(PATIENCE)
                .until(() -> answer(v4AtB, "probe " + a.address6()).endsWith("true"));
        lab.faults().cut(a, b);
        ask(atB, "probe " + a.address6(), "false");
    }

    private static boolean knows(Host asking, Host holder) {
        asking.succeeds("bash", "-c", "echo > /dev/udp/" + VIP + "/9");
        asking.succeeds("bash", "-c", "echo > /dev/udp/" + VIP6 + "/9");
        return holder.mac().equals(asking.neighbour(VIP)) && holder.mac().equals(asking.neighbour(VIP6));
    }

    private static void awaitGone(Host host, String address) {
        await().atMost(PATIENCE).until(() -> !host.holds(address));
    }

    private static OsProcess holder(Host host, String... vips) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                VipHolder.class.getName()));
        command.addAll(List.of(vips));
        OsProcess process = host.start("holder", command, Path.of("."), Map.of());
        process.awaitLine("^ready", PATIENCE);
        return process;
    }

    private static void ask(OsProcess holder, String question, String expected) throws IOException {
        assertThat(answer(holder, question)).endsWith(": " + expected);
    }

    private static String answer(OsProcess holder, String question) throws IOException {
        int from = holder.lineCount();
        tell(holder, question);
        return holder.awaitLine(from, Pattern.compile("^" + Pattern.quote(question) + ": .*"), PATIENCE)
                .group();
    }

    private static void tell(OsProcess holder, String question) throws IOException {
        holder.input().write((question + "\n").getBytes(StandardCharsets.UTF_8));
        holder.input().flush();
    }
}
