package io.hawser.health;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of the cluster say of one backend, and the verdict of the majority of those that can tell.
 *
 * <p>Only probes count here: whether clients' connects fail is each node's own matter, for only it may be cut off. Not
 * safe for several threads. Times are milliseconds of the owner's monotonic clock.
 */
public final class HealthReports {

    /** A node that has said nothing for so long is not heard any more. */
    public static final long FRESH_MILLIS = 5_000;

    /**
     * What one node says.
     *
     * @param node its id
     * @param up whether its probes succeed
     * @param reason why, for people
     * @param receivedMillis when it was last heard
     */
    public record Report(String node, boolean up, String reason, long receivedMillis) {}

    /**
     * What all say together.
     *
     * @param verdict UP or DOWN; UNKNOWN when nobody can tell
     * @param reason for people: who says so
     */
    public record Opinion(Verdict verdict, String reason) {}

    private static final Opinion NOBODY_KNOWS = new Opinion(Verdict.UNKNOWN, "not probed yet");

    private final Map<String, Report> reports = new HashMap<>();

    /** A node says this; what it said before no longer counts. */
    public void report(Report report) {
        reports.put(report.node(), report);
    }

    /** A node no longer probes this backend. */
    public void withdraw(String node) {
        reports.remove(node);
    }

    /**
     * The verdict of the majority. When as many say up as down it is up: a backend that somebody reaches is worth a try.
     *
     * @param members ids of the nodes that are alive; the others aren't heard
     */
    public Opinion opinion(Collection<String> members, long nowMillis) {
        int up = 0;
        List<Report> down = new ArrayList<>();
        for (Report report : reports.values()) {
            if (isHeard(report, members, nowMillis)) {
                if (report.up()) {
                    up++;
                } else {
                    down.add(report);
                }
            }
        }
        if (up + down.size() == 0) {
            return NOBODY_KNOWS;
        }
        return down.size() > up
                ? new Opinion(Verdict.DOWN, down.size() + " of " + (up + down.size()) + " nodes: " + reason(down))
                : new Opinion(Verdict.UP, up + " of " + (up + down.size()) + " nodes reach it");
    }

    private static boolean isHeard(Report report, Collection<String> members, long nowMillis) {
        return members.contains(report.node()) && nowMillis - report.receivedMillis() <= FRESH_MILLIS;
    }

    private static String reason(List<Report> down) {
        Report first = down.get(0);
        for (Report report : down) {
            if (report.node().compareTo(first.node()) < 0) {
                first = report;
            }
        }
        return first.reason();
    }

    /** What each node says now, for people. */
    public List<Report> reports(Collection<String> members, long nowMillis) {
        return reports.values().stream()
                .filter(report -> isHeard(report, members, nowMillis))
                .toList();
    }

    /** What a node says, or null. */
    public @Nullable Report of(String node) {
        return reports.get(node);
    }
}
