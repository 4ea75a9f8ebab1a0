package io.hawser.node.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.node.probe.ProbeOutcome.Passed;
import io.hawser.node.probe.ProbeSettings.Check;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When probes are started, on a clock that stands until it is moved. */
final class ProberTest {

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final ProbeOutcome PASSED = new Passed(Duration.ofMillis(3));

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final EventLoop loop = channel.eventLoop();
    private final List<FakeAttempt> running = new ArrayList<>();
    private final List<String> started = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private @Nullable RuntimeException broken;

    /** A probe that goes on until the test ends it. */
    private final class FakeAttempt implements Attempt {
        final ProbeTarget target;
        final Promise<ProbeOutcome> done = loop.newPromise();
        boolean isCancelled;

        FakeAttempt(ProbeTarget target) {
            this.target = target;
        }

        @Override
        public Future<ProbeOutcome> start() {
            if (broken != null) {
                throw broken;
            }
            assertThat(running).as("probes of one backend").noneMatch(other -> other.key()
                    .equals(key()));
            started.add(key());
            running.add(this);
            return done;
        }

        @Override
        public void cancel() {
            isCancelled = true;
        }

        String key() {
            return target.pool() + "/" + target.backend();
        }

        void end() {
            running.remove(this);
            if (isCancelled) {
                done.cancel(false);
            } else {
                done.setSuccess(PASSED);
            }
        }
    }

    private Prober prober(int mostAtOnce) {
        return new Prober(
                loop,
                new Random(1),
                mostAtOnce,
                (pool, backend, outcome) -> heard.add(pool + "/" + backend + " " + outcome.label()),
                FakeAttempt::new);
    }

    private static ProbeTarget target(String backend) {
        return target(backend, 1);
    }

    private static ProbeTarget target(String backend, int port) {
        return new ProbeTarget(
                "shop",
                backend,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                ProbeSettings.of(Check.TCP, Duration.ofSeconds(1)),
                ProbeTiming.every(INTERVAL));
    }

    private void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 10) {
            ticker.advance(10, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
        }
    }

    private void endAll() {
        for (FakeAttempt attempt : List.copyOf(running)) {
            attempt.end();
        }
        channel.runPendingTasks();
    }

    @Test
    void probesEachBackendOnceAnInterval() {
        Prober prober = prober(10);
        prober.setTargets(List.of(target("b1"), target("b2")));
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofMillis(200));
            endAll();
        }
        // 20 s; each gap is 2 s and at most a tenth off.
        assertThat(started.stream().filter("shop/b1"::equals).count()).isBetween(9L, 12L);
        assertThat(started.stream().filter("shop/b2"::equals).count()).isBetween(9L, 12L);
        assertThat(heard).hasSameSizeAs(started).allMatch(line -> line.endsWith(" success"));
    }

    @Test
    void theFirstProbesComeSoonAndNotAtOnce() {
        Prober prober = prober(1000);
        prober.setTargets(IntStream.range(0, 500).mapToObj(i -> target("b" + i)).toList());
        int most = 0;
        for (int i = 0; i < 100; i++) {
            int before = started.size();
            pass(Duration.ofMillis(10));
            most = Math.max(most, started.size() - before);
        }
        assertThat(started).hasSize(500);
        assertThat(most).as("in 10 ms, of 500 in 1000 ms").isLessThan(25);
    }

    @Test
    void aBackendThatHangsPilesUpNothing() {
        Prober prober = prober(10);
        prober.setTargets(List.of(target("b1"), target("hangs")));
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofMillis(200));
            running.stream()
                    .filter(attempt -> attempt.key().equals("shop/b1"))
                    .toList()
                    .forEach(FakeAttempt::end);
        }
        assertThat(started).filteredOn("shop/hangs"::equals).hasSize(1);
        assertThat(started).filteredOn("shop/b1"::equals).hasSizeGreaterThan(8);
        assertThat(prober.counts().running()).isEqualTo(1);

        endAll();
        pass(Duration.ofMillis(10));
        assertThat(started)
                .as("it is long due")
                .filteredOn("shop/hangs"::equals)
                .hasSize(2);
    }

    @Test
    void noMoreRunAtOnceThanAllowedAndAllGetTheirTurn() {
        Prober prober = prober(3);
        prober.setTargets(IntStream.range(0, 20).mapToObj(i -> target("b" + i)).toList());
        pass(Duration.ofSeconds(10));
        assertThat(running).hasSize(3);
        assertThat(prober.counts()).isEqualTo(new ProbeCounts(20, 3, 17, 3, 17));
        while (started.size() < 20) {
            List<FakeAttempt> before = List.copyOf(running);
            endAll();
            assertThat(running).as("the next ones start at once").hasSize(3).doesNotContainAnyElementsOf(before);
        }
        assertThat(started.subList(0, 20))
                .as("nobody is served twice before all were once")
                .doesNotHaveDuplicates();
    }

    @Test
    void whatIsRemovedIsProbedNoMore() {
        Prober prober = prober(1);
        prober.setTargets(List.of(target("runs"), target("waits"), target("stays")));
        pass(Duration.ofSeconds(1));
        String first = started.get(0).substring("shop/".length());
        prober.setTargets(first.equals("stays") ? List.of(target("stays")) : List.of(target(first), target("stays")));
        prober.remove("shop", first);
        assertThat(running).singleElement().matches(attempt -> attempt.isCancelled, "is cancelled");

        for (int i = 0; i < 50; i++) {
            endAll();
            pass(Duration.ofMillis(200));
        }
        assertThat(started.subList(1, started.size())).isSubsetOf("shop/stays");
        assertThat(heard).as("outcomes of what is gone").isSubsetOf("shop/stays success");
        assertThat(prober.counts().targets()).isEqualTo(first.equals("stays") ? 0 : 1);
    }

    @Test
    void whatStaysKeepsItsRhythm() {
        Prober prober = prober(10);
        prober.setTargets(List.of(target("b1")));
        pass(Duration.ofSeconds(1));
        assertThat(started).hasSize(1);
        endAll();
        for (int i = 0; i < 15; i++) {
            // A reload every 100 ms must not put the next probe off.
            prober.setTargets(List.of(target("b1"), target("b" + (2 + i))));
            pass(Duration.ofMillis(100));
        }
        pass(Duration.ofMillis(700));
        assertThat(started).filteredOn("shop/b1"::equals).hasSize(2);
    }

    @Test
    void whatHasChangedIsProbedAnewSoonButNeverTwiceAtOnce() {
        Prober prober = prober(10);
        prober.setTargets(List.of(target("b1", 1)));
        pass(Duration.ofSeconds(1));
        prober.setTargets(List.of(target("b1", 2)));
        pass(Duration.ofSeconds(5));
        assertThat(started).as("the old probe has not ended").hasSize(1);
        assertThat(running).singleElement().matches(attempt -> attempt.isCancelled, "is cancelled");

        endAll();
        pass(Duration.ofSeconds(1));
        assertThat(running)
                .singleElement()
                .matches(attempt -> attempt.target.address().getPort() == 2, "goes to the new address");
        assertThat(heard).as("nothing was heard of the old address").isEmpty();
        endAll();
        assertThat(heard).containsExactly("shop/b1 success");
    }

    @Test
    void aListenerMayChangeTheTargets() {
        List<Prober> probers = new ArrayList<>();
        probers.add(new Prober(
                loop,
                new Random(1),
                10,
                (pool, backend, outcome) -> probers.get(0).remove(pool, backend),
                FakeAttempt::new));
        probers.get(0).setTargets(List.of(target("b1")));
        pass(Duration.ofSeconds(1));
        endAll();
        pass(Duration.ofSeconds(10));
        assertThat(started).hasSize(1);
        assertThat(probers.get(0).counts()).isEqualTo(new ProbeCounts(0, 0, 0, 1, 0));
    }

    @Test
    void aProbeThatCannotEvenStartIsTriedAgain() {
        Prober prober = prober(1);
        broken = new IllegalStateException("a defect");
        prober.setTargets(List.of(target("b1")));
        pass(Duration.ofSeconds(1));
        assertThat(heard).containsExactly("shop/b1 not-tried");
        assertThat(prober.counts().running()).isZero();
        broken = null;
        pass(Duration.ofMillis(2200));
        endAll();
        assertThat(heard).containsExactly("shop/b1 not-tried", "shop/b1 success");
    }

    @Test
    void aListenerThatThrowsStopsNoProbes() {
        Prober prober = new Prober(
                loop,
                new Random(1),
                1,
                (pool, backend, outcome) -> {
                    throw new IllegalStateException("a defect of the listener");
                },
                FakeAttempt::new);
        prober.setTargets(List.of(target("b1"), target("b2")));
        for (int i = 0; i < 30; i++) {
            pass(Duration.ofMillis(200));
            endAll();
        }
        assertThat(started).contains("shop/b1", "shop/b2").hasSizeGreaterThan(4);
    }

    @Test
    void refusesTwoTargetsForOneBackendAndChangesNothing() {
        Prober prober = prober(1);
        prober.setTargets(List.of(target("b1")));
        assertThatThrownBy(() -> prober.setTargets(List.of(target("b2", 1), target("b2", 2))))
                .hasMessageContaining("two targets for shop/b2");
        assertThat(prober.counts().targets()).isEqualTo(1);
    }

    @Test
    void closingEndsAll() {
        Prober prober = prober(1);
        prober.setTargets(List.of(target("b1"), target("b2")));
        pass(Duration.ofSeconds(1));
        prober.close();
        endAll();
        pass(Duration.ofSeconds(10));
        assertThat(started).hasSize(1);
        assertThat(heard).isEmpty();
        assertThat(prober.counts()).isEqualTo(new ProbeCounts(0, 0, 0, 1, 1));
    }
}
