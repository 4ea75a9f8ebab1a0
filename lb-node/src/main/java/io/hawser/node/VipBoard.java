package io.hawser.node;

import io.hawser.config.HawserConfig;
import io.hawser.config.VipConfig;
import io.hawser.node.admin.Change;
import io.hawser.node.admin.VipPage;
import io.hawser.node.election.Election;
import io.hawser.node.election.VipStanding;
import io.hawser.vip.Candidacy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Says how the VIPs stand, and has operators' wishes about them kept. Any thread. */
final class VipBoard {

    private static final String ALONE = "this node has no 'zookeeper' in its configuration, where nodes agree on this";

    private static final String NOT_CONNECTED = "ZooKeeper is not there, where this is kept; try again when it is";

    /** A move takes milliseconds; this is for a node that has just become a candidate. */
    private static final int IN_FORCE_SECONDS = 10;

    private final HawserConfig config;
    private final @Nullable Election election;

    VipBoard(HawserConfig config, @Nullable Election election) {
        this.config = config;
        this.election = election;
    }

    VipPage page() {
        if (election == null) {
            return new VipPage(false, null, List.of(), List.of());
        }
        Election.Picture picture = election.picture();
        List<VipPage.VipStatus> vips = new ArrayList<>();
        for (VipConfig vip : config.vips()) {
            VipStanding standing = standing(picture, vip.id());
            if (standing != null) {
                vips.add(status(vip, standing, candidates(picture, standing)));
            }
        }
        List<VipPage.Candidate> nodes = new ArrayList<>();
        for (Candidacy one : picture.nodes()) {
            nodes.add(new VipPage.Candidate(
                    one.node(),
                    one.node().equals(config.node().id()),
                    !picture.dead().contains(one.node()),
                    one.ready(),
                    one.draining(),
                    picture.drained().contains(one.node())));
        }
        return new VipPage(picture.connected(), picture.problem(), vips, nodes);
    }

    private static VipPage.VipStatus status(VipConfig vip, VipStanding standing, List<String> standby) {
        return new VipPage.VipStatus(
                vip.id(),
                vip.address().toString(),
                vip.interfaceName(),
                vip.driver().name().toLowerCase(Locale.ROOT),
                standing.owner(),
                standing.held(),
                standing.epoch(),
                standing.wanted(),
                standing.movedTo(),
                standby,
                standing.problem());
    }

    /** Those that could take over at once. */
    private static List<String> candidates(Election.Picture picture, VipStanding standing) {
        return picture.nodes().stream()
                .map(Candidacy::node)
                .filter(node -> !node.equals(standing.owner()) && isCandidate(picture, standing.vip(), node))
                .toList();
    }

    private static boolean isCandidate(Election.Picture picture, String vip, String node) {
        return obstacle(picture, vip, node) == null;
    }

    private static @Nullable VipStanding standing(Election.Picture picture, String vip) {
        return picture.vips().stream()
                .filter(one -> one.vip().equals(vip))
                .findFirst()
                .orElse(null);
    }

    /** @param to a node's id; null: wherever it would be anyway */
    CompletionStage<Change> move(String vip, @Nullable String to) {
        if (election == null) {
            return CompletableFuture.completedFuture(new Change.Unavailable(ALONE));
        }
        Election taking = election;
        VipStanding before = standing(taking.picture(), vip);
        if (before == null) {
            return CompletableFuture.completedFuture(new Change.NotFound("there is no VIP " + vip + "; there is "
                    + BackendChanges.some(
                            config.vips().stream().map(VipConfig::id).toList())));
        }
        if (to == null) {
            return taking.move(vip, null)
                    .thenApply(why -> why == null
                            ? new Change.Applied("vip " + vip + " is no longer tied to "
                                    + (before.movedTo() == null ? "any node; it was not" : before.movedTo()))
                            : new Change.Unavailable(why));
        }
        String obstacle = obstacle(taking.picture(), vip, to);
        if (obstacle != null) {
            return CompletableFuture.completedFuture(new Change.Refused(obstacle, List.of()));
        }
        String was = before.owner() == null ? "had no owner" : "was on " + before.owner();
        return ordered(
                taking,
                taking.move(vip, to),
                picture -> isOwner(picture, vip, to),
                picture -> new Change.Applied("vip " + vip + " is on " + to + " now, " + was),
                picture -> new Change.Kept(
                        "vip " + vip + " is to be on " + to + ", " + was,
                        "it is kept, and " + to + " has not taken it over in time: "
                                + Objects.requireNonNullElse(
                                        obstacle(picture, vip, to), "'lbctl vips' shows who has it")));
    }

    private boolean isOwner(Election.Picture picture, String vip, String node) {
        VipStanding standing = standing(picture, vip);
        boolean here = node.equals(config.node().id());
        return standing != null && node.equals(standing.owner()) && (standing.held() || !here);
    }

    /** Why a node can't own a VIP; null when it can. */
    private static @Nullable String obstacle(Election.Picture picture, String vip, String node) {
        Candidacy candidacy = candidacy(picture, node);
        if (!picture.connected()) {
            return NOT_CONNECTED;
        }
        if (candidacy == null) {
            return noNode(picture, node);
        }
        if (picture.dead().contains(node)) {
            return "node " + node + " is dead: its host refuses connections";
        }
        if (picture.drained().contains(node)) {
            return "node " + node + " is drained; 'lbctl node resume " + node + "' ends that";
        }
        if (candidacy.draining()) {
            return "node " + node + " is shutting down";
        }
        if (!candidacy.ready()) {
            return "node " + node + " is not ready; its /readyz says why";
        }
        return candidacy.serves().contains(vip)
                ? null
                : "node " + node + " has no listener for VIP " + vip
                        + ", or could not hold it a short while ago; its log says why";
    }

    private static @Nullable Candidacy candidacy(Election.Picture picture, String node) {
        return picture.nodes().stream()
                .filter(one -> one.node().equals(node))
                .findFirst()
                .orElse(null);
    }

    CompletionStage<Change> drain(String node) {
        if (election == null) {
            return CompletableFuture.completedFuture(
                    new Change.Unavailable(ALONE + "; SIGTERM drains a node that stands alone, and stops it"));
        }
        Election taking = election;
        Change unknown = unknown(taking.picture(), node);
        if (unknown != null) {
            return CompletableFuture.completedFuture(unknown);
        }
        return ordered(
                taking,
                taking.drain(node, true),
                picture ->
                        picture.drained().contains(node) && owned(picture, node).isEmpty(),
                picture -> new Change.Applied("node " + node + " is drained: no VIP is on it, and none comes to it"),
                picture -> new Change.Kept(
                        "node " + node + " is to be drained",
                        "it is kept, and " + BackendChanges.some(owned(picture, node))
                                + " is still on it: no other node can have it, or none has taken it over in time;"
                                + " 'lbctl vips' shows who could"));
    }

    CompletionStage<Change> resume(String node) {
        if (election == null) {
            return CompletableFuture.completedFuture(new Change.Unavailable(ALONE));
        }
        Election taking = election;
        Change unknown = unknown(taking.picture(), node);
        if (unknown != null) {
            return CompletableFuture.completedFuture(unknown);
        }
        boolean was = taking.picture().drained().contains(node);
        return ordered(
                taking,
                taking.drain(node, false),
                picture -> !picture.drained().contains(node),
                picture -> new Change.Applied(
                        "node " + node + (was ? " is used again" : " is in use already; nobody had drained it")),
                picture -> new Change.Kept(
                        "node " + node + " is to be used again", "it is kept, but was not heard of here in time"));
    }

    /** A node that is not there may be drained before it comes, but not by a slip of the finger. */
    private static @Nullable Change unknown(Election.Picture picture, String node) {
        if (!picture.connected()) {
            return new Change.Unavailable(NOT_CONNECTED);
        }
        if (candidacy(picture, node) != null || picture.drained().contains(node)) {
            return null;
        }
        return new Change.NotFound(noNode(picture, node));
    }

    private static String noNode(Election.Picture picture, String node) {
        return "there is no node " + node + "; there is "
                + BackendChanges.some(
                        picture.nodes().stream().map(Candidacy::node).toList());
    }

    private static List<String> owned(Election.Picture picture, String node) {
        return picture.vips().stream()
                .filter(vip -> node.equals(vip.owner()))
                .map(vip -> "VIP " + vip.vip())
                .toList();
    }

    private static CompletionStage<Change> ordered(
            Election taking,
            CompletionStage<@Nullable String> kept,
            Predicate<Election.Picture> inForce,
            Function<Election.Picture, Change> done,
            Function<Election.Picture, Change> late) {
        return kept.thenCompose(why -> {
            if (why != null) {
                return CompletableFuture.<Change>completedFuture(new Change.Unavailable(why));
            }
            CompletableFuture<Void> waiting = taking.when(inForce);
            return waiting.orTimeout(IN_FORCE_SECONDS, TimeUnit.SECONDS)
                    .handle((met, failure) ->
                            failure == null ? done.apply(taking.picture()) : late.apply(taking.picture()));
        });
    }
}
