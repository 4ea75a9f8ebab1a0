package io.hawser.vip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The nodes that are there, and since when each has been ready, as far as this node could see.
 *
 * <p>A node whose host refuses connections counts as gone at once, though its session lives on; until it takes
 * connections again, or is there in another session. Not safe for several threads.
 */
public final class Roster {

    private List<Entry> entries = List.of();
    private final Map<Long, Long> readySince = new HashMap<>();
    private final Set<Long> refusing = new HashSet<>();

    /**
     * A node in one of its sessions.
     *
     * @param session the session's id
     */
    public record Entry(Candidacy candidacy, long session) {}

    /**
     * All that are there now.
     *
     * @param nowNanos on a monotonic clock
     */
    public void become(List<Entry> now, long nowNanos) {
        entries = now.stream()
                .sorted(Comparator.comparing(entry -> entry.candidacy().node()))
                .toList();
        Set<Long> sessions = new HashSet<>();
        for (Entry entry : entries) {
            sessions.add(entry.session());
            if (entry.candidacy().ready()) {
                readySince.putIfAbsent(entry.session(), nowNanos);
            } else {
                readySince.remove(entry.session());
            }
        }
        readySince.keySet().retainAll(sessions);
        refusing.retainAll(sessions);
    }

    /** A node's host has refused a connection to its process. */
    public void refused(String node) {
        sessionsOf(node).forEach(refusing::add);
    }

    /** A node's process takes connections. */
    public void reached(String node) {
        sessionsOf(node).forEach(refusing::remove);
    }

    private List<Long> sessionsOf(String node) {
        return entries.stream()
                .filter(entry -> entry.candidacy().node().equals(node))
                .map(Entry::session)
                .toList();
    }

    /** What each tells of itself, by id; those that refuse as well. */
    public List<Candidacy> candidacies() {
        return entries.stream().map(Entry::candidacy).toList();
    }

    /** The ids of the nodes that are there; of those that refuse as well. */
    public Set<String> ids() {
        return ids(entries.stream());
    }

    /** The ids of those among them whose hosts refuse connections. */
    public Set<String> dead() {
        Set<String> dead = ids();
        dead.removeAll(ids(entries.stream().filter(entry -> !refusing.contains(entry.session()))));
        return dead;
    }

    private static Set<String> ids(Stream<Entry> of) {
        return of.map(entry -> entry.candidacy().node()).collect(Collectors.toCollection(HashSet::new));
    }

    /** Those that are alive, as {@link Placement} takes them. */
    public List<NodeView> views(long nowNanos) {
        List<NodeView> views = new ArrayList<>();
        for (Entry entry : entries) {
            if (!refusing.contains(entry.session())) {
                Candidacy candidacy = entry.candidacy();
                Long since = readySince.get(entry.session());
                views.add(new NodeView(
                        candidacy.node(),
                        since == null ? -1 : Math.max(0, nowNanos - since),
                        candidacy.draining(),
                        candidacy.serves()));
            }
        }
        return views;
    }
}
