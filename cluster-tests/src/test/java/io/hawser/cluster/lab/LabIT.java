package io.hawser.cluster.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the lab does to packets what it says. */
@Timeout(120)
final class LabIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Lab lab;
    private Host a;
    private Host b;
    private Host c;

    @BeforeEach
    void up() {
        lab = Lab.create();
        a = lab.host("a");
        b = lab.host("b");
        c = lab.host("c");
    }

    @AfterEach
    void down() {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void cutsAndHeals() throws Exception {
        startGreeter(a);
        startGreeter(b);
        awaitReached(c, a);
        awaitReached(c, b);
        awaitReached(a, b);

        lab.faults().cut(a, c);
        assertThat(reaches(c, a)).isFalse();
        awaitReached(c, b);
        awaitReached(a, b);

        lab.faults().cut(b);
        assertThat(reaches(c, b)).isFalse();
        assertThat(reaches(a, b)).isFalse();

        lab.faults().heal(b);
        awaitReached(c, b);
        assertThat(reaches(c, a)).isFalse();
        lab.faults().heal(a, c);
        awaitReached(c, a);

        a.unplug();
        assertThat(reaches(c, a)).isFalse();
        a.plug();
        awaitReached(c, a);

        lab.faults().cutOneWay(c, a);
        assertThat(reaches(c, a)).isFalse();
        lab.faults().heal();
        awaitReached(c, a);
    }

    @Test
    void losesSomePackets() {
        await().atMost(PATIENCE).until(() -> {
            touch(c, a.address());
            return c.neighbour(a.address()) != null;
        });
        lab.faults().lose(a, 50);
        long before = datagramsThatMetNoSocket(a);
        c.run("bash", "-c", "for i in {1..200}; do echo > /dev/udp/" + a.address() + "/9; done");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(datagramsThatMetNoSocket(a) - before)
                .isBetween(50L, 150L));
    }

    @Test
    void seesWhoAnswersForAnAddress() throws Exception {
        String vip = "198.51.100.100";
        try (ArpObserver observer = lab.observer()) {
            a.ip("addr", "add", vip + "/32", "dev", "eth0");
            assertThat(a.holds(vip)).isTrue();
            await().atMost(PATIENCE).until(() -> {
                touch(c, vip);
                return a.mac().equals(c.neighbour(vip));
            });
            a.ip("addr", "del", vip + "/32", "dev", "eth0");
            assertThat(a.holds(vip)).isFalse();
            b.ip("addr", "add", vip + "/32", "dev", "eth0");
            c.ip("neigh", "flush", "dev", "eth0");
            await().atMost(PATIENCE).until(() -> {
                touch(c, vip);
                return b.mac().equals(c.neighbour(vip));
            });
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(observer.sayings(vip).stream()
                            .map(ArpObserver.Saying::mac)
                            .distinct())
                    .containsExactly(a.mac(), b.mac()));
        }
    }

    @Test
    void hearsWhichHostHasAnAddress() {
        String vip = "198.51.100.100";
        String vip6 = "2001:db8:100::100";
        try (AddressObserver observer = lab.addresses()) {
            await("it listens").atMost(PATIENCE).until(() -> {
                a.ip("addr", "replace", vip + "/32", "dev", "eth0", "valid_lft", "1000", "preferred_lft", "1000");
                return observer.having(vip).equals(List.of(a));
            });
            b.ip("addr", "add", vip + "/32", "dev", "lo");
            a.ip("addr", "del", vip + "/32", "dev", "eth0");
            b.ip("addr", "add", vip + "/32", "dev", "eth0", "valid_lft", "1", "preferred_lft", "1");
            c.ip("addr", "add", vip6 + "/128", "dev", "eth0", "nodad");
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(observer.changes(vip))
                        .extracting(AddressObserver.Change::host)
                        .containsExactly(a, a, b, b);
                assertThat(observer.changes(vip))
                        .extracting(AddressObserver.Change::has)
                        .containsExactly(true, false, true, false);
                assertThat(observer.having(vip6)).containsExactly(c);
            });
        }
    }

    /** Makes a host ask for an address: it sends a datagram there. */
    private static void touch(Host host, String address) {
        host.succeeds("bash", "-c", "echo > /dev/udp/" + address + "/9");
    }

    private static long datagramsThatMetNoSocket(Host host) {
        List<String> udp = host.run("cat", "/proc/net/snmp")
                .lines()
                .filter(line -> line.startsWith("Udp:"))
                .toList();
        int column = List.of(udp.get(0).split(" ", -1)).indexOf("NoPorts");
        return Long.parseLong(udp.get(1).split(" ", -1)[column]);
    }

    private static void awaitReached(Host from, Host to) {
        await().atMost(PATIENCE).until(() -> reaches(from, to));
    }

    private static boolean reaches(Host from, Host to) {
        return from.succeeds("timeout", "3", "bash", "-c", "exec 3<> /dev/tcp/" + to.address() + "/7 && read -r -u 3");
    }

    private static void startGreeter(Host host) throws Exception {
        host.start(
                        "greeter",
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Greeter.class.getName(),
                                "7"),
                        Path.of("."),
                        Map.of())
                .awaitLine("greets", PATIENCE);
    }
}
