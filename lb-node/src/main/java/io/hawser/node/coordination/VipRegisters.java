package io.hawser.node.coordination;

import io.hawser.vip.Candidacy;
import io.hawser.vip.VipAction;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes agree on about VIPs: who claims which, who could have one, and what operators want of that.
 *
 * <p>No method blocks. What can't be asked for now is left undone: the listener hears that the connection is lost, and
 * hears of all anew when it is there again.
 */
public interface VipRegisters {

    /**
     * Starts, as soon as it can be.
     *
     * @param vips their ids
     */
    void start(List<String> vips, VipRegistersListener listener);

    /**
     * Reads or writes the register and the claim of a VIP; the listener hears what came of it.
     *
     * @param action one of those that ask for this, such as {@link VipAction.Claim}
     */
    void perform(String vip, VipAction action);

    /** What this node tells of itself from now on, for as long as its session lives. */
    void tell(Candidacy self);

    /**
     * Has a VIP moved, by its preferences or against them, so that it lasts.
     *
     * @param node the id of the node that should own it while that is possible; null: whichever should anyway
     * @return completes normally, when it is kept, with null; or with the reason why it is not
     */
    CompletionStage<@Nullable String> move(String vip, @Nullable String node);

    /**
     * Has a node emptied of VIPs, or used again, so that it lasts.
     *
     * @return as with {@link #move}
     */
    CompletionStage<@Nullable String> drain(String node, boolean drained);
}
