package io.hawser.node.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LoopCheckTest {

    private final DefaultEventExecutorGroup group = new DefaultEventExecutorGroup(2);
    private final List<EventExecutor> loops = new ArrayList<>();
    private final CountDownLatch hang = new CountDownLatch(1);
    private final LoopCheck check;

    LoopCheckTest() {
        group.forEach(loops::add);
        check = new LoopCheck(loops);
    }

    @AfterEach
    void end() {
        hang.countDown();
        group.shutdownGracefully(0, 20, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void loopsThatTurnPassEveryLook() {
        for (int i = 0; i < 3; i++) {
            Awaitility.await().until(check::allTurned);
        }
    }

    @Test
    void oneThatHangsFailsUntilItTurnsAgain() throws Exception {
        assertThat(check.allTurned()).isTrue();
        CountDownLatch hanging = new CountDownLatch(1);
        loops.get(1).execute(() -> {
            hanging.countDown();
            waitFor(hang);
        });
        hanging.await();
        Awaitility.await().until(check::allTurned);
        // Asked while it hung; the other one answers all the while.
        loops.get(0).submit(() -> {}).get();
        for (int i = 0; i < 3; i++) {
            assertThat(check.allTurned()).isFalse();
        }
        hang.countDown();
        Awaitility.await().until(check::allTurned);
    }

    @Test
    void oneThatHasEndedDoesNotFail() throws Exception {
        group.shutdownGracefully(0, 20, TimeUnit.SECONDS).await();
        assertThat(check.allTurned()).isTrue();
        assertThat(check.allTurned()).isTrue();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
