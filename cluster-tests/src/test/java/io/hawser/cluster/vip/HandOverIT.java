package io.hawser.cluster.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.OsProcess.Signal;
import io.hawser.cluster.lab.ArpObserver;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of connections that are open over a VIP when it moves, and when its owner dies. */
@Timeout(300)
final class HandOverIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String VIP = "198.51.100.100";
    private static final String VIP6 = "2001:db8:100::100";

    private Lab lab;
    private Host a;
    private Host b;
    private Host c;
    private Host client;
    private Subject clients;

    @BeforeEach
    void up() throws IOException {
        lab = Lab.create();
        a = lab.host("a");
        b = lab.host("b");
        c = lab.host("c");
        client = lab.host("client");
        clients = Subject.start(client, VipClients.class);
    }

    @AfterEach
    void down() {
        if (lab != null) {
            lab.close();
        }
    }

    /** While new connections come all the time, none of which breaks either. */
    @Test
    void surviveMovesAndEachEndsWhereItBegan() throws Exception {
        Subject atA = owner(a);
        Subject atB = owner(b);
        Subject atC = owner(c);
        atA.ask("acquire - released");
        open(10);
        assertThat(clients.ask("ask")).isEqualTo("{a=20}");
        clients.ask("come " + VIP);
        awaitServedBy("a");
        try (ArpObserver observer = lab.observer()) {
            move(atA, "a", atB);
            awaitServedBy("b");
            // Now the client asks on the link who has the VIP, and the old owner asks for the client.
            client.ip("neigh", "flush", "dev", "eth0");
            a.ip("neigh", "flush", "dev", "eth0");
            assertThat(clients.ask("ask")).isEqualTo("{a=20}");
            assertThat(client.neighbour(VIP)).isEqualTo(b.mac());
            assertThat(client.neighbour(VIP6)).isEqualTo(b.mac());
            open(10);
            move(atB, "b", atC);
            awaitServedBy("c");
            assertThat(clients.ask("ask")).isEqualTo("{a=20, b=20}");
            await("only what is known is handed on").atMost(PATIENCE).until(() -> !c.run("nft", "list", "ruleset")
                    .contains("add @learned"));
            assertThat(clients.ask("ask")).isEqualTo("{a=20, b=20}");
            clients.ask("stop");
            assertThat(clients.ask("came")).doesNotContain("broken");
            assertThat(observer.sayings(VIP))
                    .as("whoever let go of it is silent on the link")
                    .noneMatch(saying -> saying.mac().equals(a.mac()));
        }
        assertThat(a.holds(VIP) && a.holds(VIP6)).as("on its loopback").isTrue();
        move(atC, "c", atA);
        assertThat(clients.ask("ask")).isEqualTo("{a=20, b=20}");
        assertThat(clients.ask("open " + VIP6 + " 1")).isEqualTo("{a=1}");
        clients.ask("close");
        await().atMost(PATIENCE).until(() -> !b.holds(VIP) && !b.holds(VIP6) && !c.holds(VIP) && !c.holds(VIP6));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(rules(a, b, c)).isEmpty());
    }

    @Test
    void thatADeadNodeHadAreResetAtTheirClients() throws Exception {
        Subject atA = owner(a);
        Subject atB = owner(b);
        atA.ask("acquire - released");
        open(10);
        clients.ask("wait");
        awaitReported(atB, 20);
        lab.faults().cut(a);
        atB.ask("acquire a lost");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(clients.ask("reset"))
                .as("clients that send nothing")
                .isEqualTo("20"));
    }

    /** As when the old owner's process ends while it still has connections. */
    @Test
    void thatWereHandedOverAreResetWhenTheirNodeDies() throws Exception {
        Subject atA = owner(a);
        Subject atB = owner(b);
        atA.ask("acquire - released");
        open(10);
        atB.ask("peers a,b");
        move(atA, "a", atB);
        assertThat(clients.ask("ask")).isEqualTo("{a=20}");
        clients.ask("wait");
        awaitReported(atB, 20);
        lab.faults().cut(a);
        atB.ask("peers b");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(clients.ask("reset")).isEqualTo("20"));
    }

    @Test
    void leaveNothingBehindWhenTheProcessIsKilled() throws Exception {
        Subject atA = owner(a);
        Subject atB = owner(b);
        atA.ask("acquire - released");
        open(1);
        move(atA, "a", atB);
        assertThat(a.holds(VIP) && a.holds(VIP6)).isTrue();
        assertThat(rules(a)).hasSize(1);
        assertThat(rules(b)).hasSize(2);
        a.signal(Signal.KILL);
        b.signal(Signal.KILL);
        await().atMost(PATIENCE).until(() -> !a.holds(VIP) && !a.holds(VIP6) && !b.holds(VIP) && !b.holds(VIP6));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(rules(a, b)).isEmpty());
    }

    private void open(int each) throws IOException {
        clients.ask("open " + VIP + " " + each);
        clients.ask("open " + VIP6 + " " + each);
    }

    /** Once the next owner knows as much as nodes do after a second. */
    private static void move(Subject from, String name, Subject to) throws IOException {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(to.ask("heard")).contains(name + "/" + VIP + ",", name + "/" + VIP6));
        to.ask("expect " + name);
        from.ask("retire");
        to.ask("acquire " + name + " released");
    }

    private void awaitServedBy(String node) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(clients.ask("came")).contains(node + "="));
    }

    private static void awaitReported(Subject node, int flows) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.ask("figures")).contains("reported=" + flows + ","));
    }

    private static List<String> rules(Host... hosts) {
        return List.of(hosts).stream()
                .flatMap(host -> host.run("nft", "list", "tables").lines())
                .collect(Collectors.toList());
    }

    private Subject owner(Host host) throws IOException {
        String others = lab.hosts().stream()
                .filter(other -> other != host)
                .map(Host::address)
                .collect(Collectors.joining(","));
        return Subject.start(host, VipOwner.class, host.name(), others, VIP, VIP6);
    }
}
