package io.hawser.health;

import io.hawser.hash.Hash64;
import java.util.Collection;

/**
 * Which nodes of the cluster probe a backend: a few of them, so that the number of probes grows with the backends and
 * not with nodes times backends.
 *
 * <p>By rendezvous hashing (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998): every
 * node works it out by itself, all that see the same members agree, and when one goes only its backends change hands.
 */
public final class ProbePlan {

    /** More would say little more; with three, one that can't see a backend is outvoted. */
    public static final int PROBERS = 3;

    private ProbePlan() {}

    /**
     * Whether a node probes a backend.
     *
     * @param self the node's id; probes whatever the others do when it is not among the members
     * @param members ids of the nodes that are alive
     * @param pool the pool's id
     * @param backend the backend's id
     */
    public static boolean probes(String self, Collection<String> members, String pool, String backend) {
        if (members.size() <= PROBERS || !members.contains(self)) {
            return true;
        }
        long target = Hash64.mix(Hash64.of(pool, 0), Hash64.of(backend, 0));
        long own = weight(target, self);
        int before = 0;
        for (String member : members) {
            long weight = weight(target, member);
            if (weight > own || (weight == own && member.compareTo(self) < 0)) {
                before++;
            }
        }
        return before < PROBERS;
    }

    private static long weight(long target, String member) {
        return Hash64.mix(target, Hash64.of(member, 0));
    }
}
