package io.hawser.node.testing;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class in which a Netty buffer was lost: collected as garbage without having been released.
 *
 * <p>Use: {@code @ExtendWith(LeakGate.class)} on the class. It looks after the class's own {@code @AfterAll}, so close
 * event loops and channels there; a buffer that something still holds is no garbage and is not seen.
 */
public final class LeakGate implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakGate.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        LeakWatch watch = new LeakWatch();
        // What an earlier class lost is not held against this one.
        watch.takeLeaks();
        context.getStore(NAMESPACE).put(LeakWatch.class, watch);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        try (LeakWatch watch = context.getStore(NAMESPACE).remove(LeakWatch.class, LeakWatch.class)) {
            List<String> leaks = watch.takeLeaks();
            if (!leaks.isEmpty()) {
                throw new AssertionError(
                        leaks.size() + " leak(s) in " + context.getDisplayName() + ":\n" + String.join("\n", leaks));
            }
        }
    }
}
