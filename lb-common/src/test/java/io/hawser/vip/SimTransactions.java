package io.hawser.vip;

import io.hawser.vip.SimEnsemble.Connection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node's machine asks of ZooKeeper, as the transactions that do it. */
final class SimTransactions {

    private final SimWorld world;
    private final SimNode node;
    private final Connection connection;
    private final int vip;

    SimTransactions(SimWorld world, SimNode node, Connection connection, int vip) {
        this.world = world;
        this.node = node;
        this.connection = connection;
        this.vip = vip;
    }

    void ask(VipAction action) {
        if (action instanceof VipAction.ReadClaim) {
            connection.read(vip);
        } else if (action instanceof VipAction.Claim claim) {
            connection.write(
                    vip,
                    false,
                    there -> there.epoch() != claim.epoch() || there.owner() != null
                            ? null
                            : world.claimed(
                                    vip,
                                    new ClaimView(
                                            claim.epoch() + 1,
                                            false,
                                            claim.holdOutNanos(),
                                            claim.quietNanos(),
                                            new ClaimView.Owner(node.id(), connection.session(), claim.epoch() + 1, 0),
                                            there.standby())),
                    done -> node.tell(vip, new VipEvent.ClaimAnswered(done)));
        } else if (action instanceof VipAction.Renew renew) {
            if (world.mutation() == Mutation.RENEWS_WITHOUT_WRITE) {
                node.later(1, () -> node.tell(vip, new VipEvent.RenewAnswered(renew.attempt(), true)));
                return;
            }
            boolean any = world.mutation() == Mutation.RENEWS_ANY_CLAIM;
            connection.write(
                    vip,
                    true,
                    there -> there.owner() == null || (there.epoch() != renew.epoch() && !any)
                            ? null
                            : owned(there, there.owner().version() + 1),
                    done -> node.tell(vip, new VipEvent.RenewAnswered(renew.attempt(), done)));
        } else if (action instanceof VipAction.Release release) {
            connection.write(
                    vip,
                    false,
                    there -> there.owner() == null || there.epoch() != release.epoch() ? null : released(there),
                    done -> node.tell(vip, new VipEvent.ReleaseAnswered()));
        } else if (action instanceof VipAction.ReleaseDead release) {
            boolean any = world.mutation() == Mutation.RELEASES_ANY_VERSION;
            connection.write(
                    vip,
                    false,
                    there -> there.owner() == null
                                    || there.epoch() != release.epoch()
                                    || (there.owner().version() != release.version() && !any)
                            ? null
                            : released(there),
                    done -> node.tell(vip, new VipEvent.Changed()));
        } else if (action instanceof VipAction.Standby standby) {
            connection.write(vip, false, there -> marked(there, standby.ready()), done -> {});
        }
    }

    private static @Nullable ClaimView owned(ClaimView there, int version) {
        ClaimView.Owner owner = there.owner();
        return owner == null
                ? null
                : new ClaimView(
                        there.epoch(),
                        there.free(),
                        there.holdOutNanos(),
                        there.quietNanos(),
                        new ClaimView.Owner(owner.node(), owner.session(), owner.epoch(), version),
                        there.standby());
    }

    private static ClaimView released(ClaimView there) {
        return new ClaimView(there.epoch() + 1, true, there.holdOutNanos(), there.quietNanos(), null, there.standby());
    }

    private @Nullable ClaimView marked(ClaimView there, boolean ready) {
        Set<String> marks = new HashSet<>(there.standby());
        String mark = SimEnsemble.mark(node.id(), connection.session());
        boolean changed = ready ? marks.add(mark) : marks.remove(mark);
        return !changed
                ? null
                : new ClaimView(
                        there.epoch(), there.free(), there.holdOutNanos(), there.quietNanos(), there.owner(), marks);
    }
}
