package io.hawser.node.identity;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An identity that follows its files: who renews a certificate replaces them, and that is all.
 *
 * <p>Files that can't be used change nothing: the node goes on as who it was, and says so. A certificate and its key are
 * two files, so that they may not fit for a moment while they are replaced; they are looked at again.
 */
public final class KeptIdentity implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeptIdentity.class);

    /** Between two looks at the files. */
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Duration SOON = Duration.ofDays(14);

    private final IdentityFiles files;
    private final Clock clock;
    private final List<Consumer<Identity>> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService thread;
    private Content content;
    private volatile Identity current;
    private volatile @Nullable String problem;

    private KeptIdentity(IdentityFiles files, Clock clock, Content content, Identity current) {
        this.files = files;
        this.clock = clock;
        this.content = content;
        this.current = current;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "identity-of-" + files.section());
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Reads the files, and keeps looking at them. Blocks.
     *
     * @throws IOException saying which file is wrong and what to do
     */
    public static KeptIdentity of(IdentityFiles files, Clock clock) throws IOException {
        return of(files, clock, INTERVAL);
    }

    static KeptIdentity of(IdentityFiles files, Clock clock, Duration interval) throws IOException {
        Content content = Content.of(files);
        KeptIdentity kept = new KeptIdentity(files, clock, content, Identity.of(files, content));
        kept.warnOfItsEnd();
        var unused = kept.thread.scheduleWithFixedDelay(
                kept::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        return kept;
    }

    /** Who the node is now. Any thread. */
    public Identity current() {
        return current;
    }

    /** The section of the configuration that it comes from. */
    public String section() {
        return files.section();
    }

    /** Why the files as they are now are not used; null when they are. Any thread. */
    public @Nullable String problem() {
        return problem;
    }

    /** Has somebody told of each renewal, on the thread that looks, which may wait. */
    public void onRenewed(Consumer<Identity> listener) {
        listeners.add(listener);
    }

    /** Looks at the files now. Blocks. */
    public synchronized void look() {
        try {
            Content now = Content.of(files);
            if (now.isSame(content)) {
                problem = null;
                return;
            }
            Identity next = Identity.of(files, now);
            listeners.forEach(listener -> listener.accept(next));
            content = now;
            current = next;
            problem = null;
            log.info("{}: the files have changed and are used from now on: {}", files.section(), next);
            warnOfItsEnd();
        } catch (IOException | RuntimeException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(problem)) {
                log.error("{}; goes on with what it has, {}", why, current);
            }
            problem = why;
        }
    }

    private void warnOfItsEnd() {
        Duration left = Duration.between(clock.instant(), current.notAfter());
        if (left.isNegative()) {
            log.error(
                    "{}: the certificate in {} has ended on {}, and nobody will believe it; replace it",
                    files.section(),
                    files.certificate(),
                    current.notAfter());
        } else if (left.compareTo(SOON) < 0) {
            log.warn(
                    "{}: the certificate in {} ends on {}; replace it before",
                    files.section(),
                    files.certificate(),
                    current.notAfter());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
