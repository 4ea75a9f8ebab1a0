package io.hawser.node.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a change that was made is answered with.
 *
 * @param summary what has changed, from what to what
 * @param changes of a reload, each key that has changed; else empty
 * @param pending where it may not be in force yet, and why; null when it is in force everywhere
 */
public record AppliedBody(String summary, List<SettingChange> changes, @Nullable String pending) {

    public AppliedBody {
        changes = List.copyOf(changes);
    }
}
