package io.hawser.node.admin;

import java.util.List;

/**
 * What a change that is in force is answered with.
 *
 * @param summary what has changed, from what to what
 * @param changes of a reload, each key that has changed; else empty
 */
public record AppliedBody(String summary, List<SettingChange> changes) {

    public AppliedBody {
        changes = List.copyOf(changes);
    }
}
