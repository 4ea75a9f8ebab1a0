package io.hawser.vip;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What ZooKeeper has of a VIP: the register, which outlives its owners, and the claim, which lives as long as its
 * owner's session.
 *
 * @param epoch the register's version; it rises with each claim and each release, and what is done to a claim is done
 *     on condition of it
 * @param free whether the last claim was released, or proven to hold nothing, or there never was one
 * @param holdOutNanos how long the owner of the last claim may still hold the address after its last sign of life
 * @param quietNanos how long after a sign of life no answer to it can make that owner act any more
 * @param owner who has the claim; null when nobody has
 * @param standby ids of the nodes that say they are ready to take over
 */
public record ClaimView(
        long epoch, boolean free, long holdOutNanos, long quietNanos, @Nullable Owner owner, Set<String> standby) {

    public ClaimView {
        standby = Set.copyOf(standby);
    }

    /**
     * Who has the claim.
     *
     * @param node the node's id
     * @param session the session that the claim lives with
     * @param epoch the register's version after it was made
     * @param version of the claim; each renewal raises it by one
     */
    public record Owner(String node, long session, long epoch, int version) {}
}
