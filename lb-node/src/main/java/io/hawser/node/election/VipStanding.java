package io.hawser.node.election;

import org.jspecify.annotations.Nullable;

/**
 * How a VIP stands, as this node sees it.
 *
 * @param vip its id
 * @param owner the node that has the claim; null when none has, or none is known of
 * @param epoch of the register; below 0 when that isn't known
 * @param held whether this host has the address by way of this node
 * @param wanted the node that should own it; null when there is no candidate
 * @param movedTo the node that an operator moved it to; null when nobody did
 * @param problem what keeps this node from owning it; null when nothing does
 */
public record VipStanding(
        String vip,
        @Nullable String owner,
        long epoch,
        boolean held,
        @Nullable String wanted,
        @Nullable String movedTo,
        @Nullable String problem) {}
