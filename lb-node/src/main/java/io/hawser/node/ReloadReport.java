package io.hawser.node;

import io.hawser.config.ConfigChange;
import io.hawser.node.admin.AdminSettings;
import io.hawser.node.admin.Change;
import io.hawser.node.admin.SettingChange;
import io.hawser.node.pool.PoolControl;
import io.hawser.node.pool.PoolPlan;
import io.netty.util.NetUtil;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what a reload has changed: keys of the file, and what the file only names. */
final class ReloadReport {

    private static final String TOKEN_FILE = "admin.token-file";

    private final List<SettingChange> changes = new ArrayList<>();

    /**
     * Keys of the file.
     *
     * @param pools as they are now: what lbctl set there may stand in the way of a changed weight
     */
    void keys(List<ConfigChange> keys, Map<String, PoolControl> pools) {
        Map<String, Integer> held = heldWeights(pools);
        for (ConfigChange key : keys) {
            Integer weight = held.get(key.path());
            changes.add(new SettingChange(
                    key.path(),
                    key.before(),
                    key.after(),
                    key.needsRestart(),
                    weight == null ? key.toString() : key + " (lbctl's weight " + weight + " stays in force)"));
        }
    }

    /** The weights that lbctl set in place of configured ones, by the paths of these. */
    private static Map<String, Integer> heldWeights(Map<String, PoolControl> pools) {
        Map<String, Integer> held = new HashMap<>();
        pools.forEach((id, pool) -> pool.standings().forEach(standing -> {
            if (standing.weight() != standing.backend().weight()) {
                held.put("pools." + id + ".backends." + standing.backend().id() + ".weight", standing.weight());
            }
        }));
        return held;
    }

    /** Names that are looked up to another address than before. */
    void addresses(Map<String, PoolPlan> before, Map<String, PoolPlan> after) {
        after.forEach((id, plan) -> {
            PoolPlan old = before.get(id);
            for (PoolPlan.Resolved now : plan.backends()) {
                PoolPlan.Resolved was =
                        old == null ? null : old.resolved(now.backend().id());
                if (was != null
                        && was.backend().address().equals(now.backend().address())
                        && !was.address().equals(now.address())) {
                    address("pools." + id + ".backends." + now.backend().id() + ".address", was, now);
                }
            }
        });
    }

    private void address(String path, PoolPlan.Resolved before, PoolPlan.Resolved after) {
        String was = NetUtil.toSocketAddressString(before.address());
        String now = NetUtil.toSocketAddressString(after.address());
        changes.add(new SettingChange(
                path, was, now, false, path + ": " + after.backend().address() + " is " + now + " now, was " + was));
    }

    /** The file of the token holds another one than before. */
    void token(@Nullable Path file, AdminSettings before, AdminSettings after) {
        boolean isOther = before.token() != null
                && after.token() != null
                && !before.token().equals(after.token());
        if (isOther && changes.stream().noneMatch(change -> change.key().equals(TOKEN_FILE))) {
            changes.add(new SettingChange(TOKEN_FILE, null, null, false, TOKEN_FILE + ": another token is in " + file));
        }
    }

    /** What a restart would put in force, one line each. */
    List<String> waiting() {
        return changes.stream()
                .filter(SettingChange::needsRestart)
                .map(SettingChange::description)
                .toList();
    }

    Change.Applied applied(Path file) {
        String what =
                switch (changes.size()) {
                    case 0 -> "nothing has changed";
                    case 1 -> "1 change";
                    default -> changes.size() + " changes";
                };
        return new Change.Applied("reloaded " + file + ": " + what, changes);
    }
}
