package io.hawser.node.systemd;

import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether event loops turn: each is given a task, and must have run it by the next look.
 *
 * <p>For one thread. A loop has one such task waiting at most, however long it hangs.
 */
final class LoopCheck {

    private final List<Loop> loops;

    LoopCheck(Collection<? extends EventExecutor> loops) {
        this.loops = loops.stream().map(Loop::new).toList();
    }

    /** Whether every loop has turned since the look before; from then on it counts anew. Loops that end count as turning. */
    boolean allTurned() {
        if (!loops.stream().allMatch(Loop::hasTurned)) {
            return false;
        }
        loops.forEach(Loop::ask);
        return true;
    }

    private static final class Loop {

        private final EventExecutor executor;
        private final AtomicBoolean turned = new AtomicBoolean(true);

        Loop(EventExecutor executor) {
            this.executor = executor;
        }

        boolean hasTurned() {
            return turned.get() || executor.isShuttingDown();
        }

        void ask() {
            turned.set(false);
            try {
                executor.execute(() -> turned.set(true));
            } catch (RejectedExecutionException e) {
                // It has ended meanwhile.
                turned.set(true);
            }
        }
    }
}
