package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.ListenerSpec.tls;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.hawser.pool.OperatorState;
import io.hawser.tls.HelloBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;

/** A backend that can't be reached costs a client nothing but time while there is another one. */
@ExtendWith(LeakGate.class)
class ConnectingTest {

    private static final byte[] HELLO =
            new HelloBuilder().serverName("shop.example.com").record();
    private static final Peer.Ended RESET = new Peer.Ended("", true);

    private static double failures(Rig rig, String backend) {
        return rig.value("hawser_backend_connect_failures_total", "pool", "p", "backend", backend);
    }

    @OnEveryTransport
    void anotherBackendGetsExactlyWhatTheClientSent(Transport.Choice transport) throws Exception {
        try (Unreachable gone = Unreachable.refusing();
                TestServer backup = TestServer.manual();
                Rig rig = new Rig(transport)
                        .pools(pool("p").backend("b1", gone.address()).backend("b2", backup.address(), 0, true))
                        .listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            client.send(HELLO).send("early data").halfClose();
            try (Peer server = backup.take()) {
                Peer.Ended got = server.readToEnd();
                assertThat(got.reset()).isFalse();
                assertThat(got.text()).isEqualTo(text(HELLO) + "early data");
                server.send("answer").halfClose();
                assertThat(client.readToEnd()).isEqualTo(new Peer.Ended("answer", false));
            }
            Rig.AccessLine end = rig.awaitEnd();
            assertThat(end.ending()).isEqualTo("done");
            assertThat(end.field("backend")).isEqualTo("b2");
            assertThat(end.field("attempts")).isEqualTo("2");
            assertThat(end.field("bytes_in")).isEqualTo(String.valueOf(HELLO.length + 10));
            assertThat(failures(rig, "b1")).isEqualTo(1);
            assertThat(failures(rig, "b2")).isZero();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @OnEveryTransport
    void whatTheClientSendsMeanwhileWaitsForIt(Transport.Choice transport) throws Exception {
        // More than the node keeps before it stops to read.
        byte[] upload = new byte[3_000_000];
        new Random(1).nextBytes(upload);
        try (Unreachable silent = Unreachable.silent();
                TestServer backup = TestServer.manual();
                Rig rig = new Rig(transport)
                        .pools(pool("p")
                                .connectTimeout(Duration.ofMillis(500))
                                .backend("b1", silent.address())
                                .backend("b2", backup.address(), 0, true))
                        .listen(tcp("l").to("p"));
                Peer client = rig.connect("l")) {
            CompletableFuture<Peer> sending =
                    Peer.inBackground(() -> client.send(upload).halfClose());
            try (Peer server = backup.take()) {
                Peer.Ended got = server.readToEnd();
                assertThat(got.reset()).isFalse();
                assertThat(got.bytes()).isEqualTo(upload);
            }
            sending.join();
            assertThat(client.readToEnd().reset()).isFalse();
            assertThat(rig.awaitEnd().field("attempts")).isEqualTo("2");
            assertThat(failures(rig, "b1")).isEqualTo(1);
        }
    }

    @OnEveryTransport
    void aConnectThatTakesTooLongIsGivenUpInTime(Transport.Choice transport) throws Exception {
        try (Unreachable silent = Unreachable.silent();
                Rig rig = new Rig(transport)
                        .pools(pool("p")
                                .connectTimeout(Duration.ofMillis(300))
                                .connectRetries(0)
                                .backend("b1", silent.address()))
                        .listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            long start = System.nanoTime();
            client.send(HELLO);
            assertThat(client.readToEnd()).isEqualTo(RESET);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(295));
            assertThat(rig.awaitEnd().ending()).isEqualTo("connect-failed");
            assertThat(rig.errors("l", "connect-failed")).isEqualTo(1);
            assertThat(failures(rig, "b1")).isEqualTo(1);
        }
    }

    @OnEveryTransport
    void eachBackendIsTriedOnceAndNoMoreThanTheRetriesAllow(Transport.Choice transport) throws Exception {
        try (Unreachable one = Unreachable.refusing();
                Unreachable two = Unreachable.refusing();
                Unreachable three = Unreachable.refusing();
                Rig rig = new Rig(transport)
                        .pools(many("p", 1, one, two, three), many("q", 9, one, two, three), many("r", 0, one));
                TestServer fine = TestServer.echo()) {
            rig.listen(tls("p").to("p"), tls("q").to("q"), tls("r").to("r"));

            assertThat(attemptsUntilRefused(rig, "p")).isEqualTo("2");
            assertThat(attemptsUntilRefused(rig, "q")).isEqualTo("3");
            assertThat(attemptsUntilRefused(rig, "r")).isEqualTo("1");
            for (String backend : List.of("b1", "b2", "b3")) {
                assertThat(rig.value("hawser_backend_connect_failures_total", "pool", "q", "backend", backend))
                        .isEqualTo(1);
            }

            // They are not held to be down by it: as soon as one can be reached, it is.
            rig.pools(pool("r", fine));
            try (Peer client = rig.connect("r")) {
                assertThat(client.send(HELLO).read(HELLO.length)).isEqualTo(HELLO);
            }
        }
    }

    private static PoolSpec many(String id, int retries, Unreachable... backends) {
        PoolSpec pool = pool(id).connectRetries(retries);
        for (int i = 0; i < backends.length; i++) {
            pool.backend("b" + (i + 1), backends[i].address());
        }
        return pool;
    }

    private static String attemptsUntilRefused(Rig rig, String listener) throws IOException {
        try (Peer client = rig.connect(listener)) {
            client.send(HELLO);
            assertThat(client.readToEnd()).isEqualTo(RESET);
        }
        Rig.AccessLine end = rig.awaitEnd();
        assertThat(end.ending()).isEqualTo("connect-failed");
        assertThat(rig.errors(listener, "connect-failed")).isEqualTo(1);
        return end.field("attempts");
    }

    @OnEveryTransport
    void aBackendThatWasReachedAndBreaksOffIsNotReplaced(Transport.Choice transport) throws Exception {
        // Nobody knows what it has done with what it got.
        try (TestServer breaking = TestServer.doing(client -> {
                    client.read(HELLO.length);
                    client.reset();
                });
                TestServer backup = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p").backend("b1", breaking.address()).backend("b2", backup.address(), 0, true))
                        .listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            client.send(HELLO);
            assertThat(client.readToEnd()).isEqualTo(RESET);
            assertThat(rig.awaitEnd().ending()).isEqualTo("backend-reset");
            assertThat(backup.accepted()).isZero();
        }
    }

    @OnEveryTransport
    void aClientThatGoesAwayMeanwhileLeavesNothingBehind(Transport.Choice transport) throws Exception {
        try (Unreachable silent = Unreachable.silent();
                Rig rig = new Rig(transport)
                        .pools(pool("p").backend("b1", silent.address()))
                        .listen(tcp("l").to("p"))) {
            Peer client = rig.connect("l");
            client.send("x");
            await().atMost(Rig.PATIENCE)
                    .until(() -> rig.pool("p").standings().get(0).load().connections() == 1);
            client.reset();
            assertThat(rig.awaitEnd().ending()).isEqualTo("client-gone");
            assertThat(rig.errors("l", "client-gone")).isEqualTo(1);
        }
    }

    @OnEveryTransport
    void whenEveryBackendIsFullOneMoreIsResetAndLaterTakenAgain(Transport.Choice transport) throws Exception {
        try (TestServer one = TestServer.staying("1");
                TestServer two = TestServer.staying("2");
                Rig rig = new Rig(transport)
                        .pools(pool("p").backend("b1", one.address(), 1, false).backend("b2", two.address(), 1, false))
                        .listen(tcp("l").to("p"))) {
            List<Peer> inside = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Peer client = rig.connect("l");
                inside.add(client);
                client.send("x");
                client.read(1);
            }
            for (int i = 1; i <= 3; i++) {
                assertThat(Peer.connectAndReadToEnd(rig.address("l"), null)).isEqualTo(RESET);
                assertThat(rig.awaitEnd().ending()).isEqualTo("pool-full");
                assertThat(rig.errors("l", "pool-full")).isEqualTo(i);
            }
            assertThat(one.accepted() + two.accepted()).isEqualTo(2);

            inside.remove(0).close();
            assertThat(rig.awaitEnd().ending()).isEqualTo("done");
            try (Peer next = rig.connect("l")) {
                assertThat(next.send("x").read(1)).hasSize(1);
            }
            inside.forEach(Peer::close);
        }
    }

    @OnEveryTransport
    void whenTheOperatorLetsNoBackendTakeClientsTheyAreRefused(Transport.Choice transport) throws Exception {
        try (TestServer echo = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", echo)).listen(tcp("l").to("p"))) {
            Peer old = rig.connect("l");
            assertThat(old.send("x").readText(1)).isEqualTo("x");
            rig.operate("p", "b1", OperatorState.DOWN);
            assertThat(Peer.connectAndReadToEnd(rig.address("l"), null)).isEqualTo(RESET);
            assertThat(rig.awaitEnd().ending()).isEqualTo("no-backend");
            assertThat(rig.errors("l", "no-backend")).isEqualTo(1);
            assertThat(old.send("y").readText(1)).as("an open connection").isEqualTo("y");
            old.close();

            rig.operate("p", "b1", OperatorState.READY);
            try (Peer client = rig.connect("l")) {
                assertThat(client.send("z").readText(1)).isEqualTo("z");
            }
        }
    }
}
