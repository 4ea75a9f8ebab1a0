package io.hawser.node.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The floating addresses and who could own them, as one node sees it.
 *
 * @param connected whether ZooKeeper, where owners are elected, is there; false also where none is configured
 * @param problem what keeps the asked node from owning any; null when nothing does
 * @param vips in the order of the configuration
 * @param nodes those that are there, by id
 */
public record VipPage(boolean connected, @Nullable String problem, List<VipStatus> vips, List<Candidate> nodes) {

    public VipPage {
        vips = List.copyOf(vips);
        nodes = List.copyOf(nodes);
    }

    /**
     * One VIP.
     *
     * @param vip its id
     * @param address with the length of its prefix
     * @param interfaceName what it is put on; null when the driver puts it nowhere
     * @param driver how its owner has it
     * @param owner the node that has it; null when none has, or none is known of
     * @param here whether the asked node has it
     * @param epoch how often it was claimed or released; below 0 when that isn't known
     * @param wanted the node that should own it; null when there is no candidate
     * @param movedTo the node that an operator moved it to; null when nobody did
     * @param standby the other nodes that could take over at once
     * @param problem what keeps the asked node from owning it; null when nothing does
     */
    public record VipStatus(
            String vip,
            String address,
            @JsonProperty("interface") @Nullable String interfaceName,
            String driver,
            @Nullable String owner,
            boolean here,
            long epoch,
            @Nullable String wanted,
            @Nullable String movedTo,
            List<String> standby,
            @Nullable String problem) {

        public VipStatus {
            standby = List.copyOf(standby);
        }
    }

    /**
     * A node that could own VIPs.
     *
     * @param node its id
     * @param self whether it is the one that was asked
     * @param alive false: its host refuses connections to its process
     * @param ready whether it serves
     * @param draining whether it goes
     * @param drained whether an operator wants it empty
     */
    public record Candidate(
            String node, boolean self, boolean alive, boolean ready, boolean draining, boolean drained) {}
}
