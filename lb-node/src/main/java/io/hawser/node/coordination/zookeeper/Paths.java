package io.hawser.node.coordination.zookeeper;

import java.util.List;

/**
 * What is kept where in ZooKeeper.
 *
 * <p>{@code /members} is by Curator's service discovery: what nodes tell of themselves. {@code /nodes/ID} is held by the
 * node of that id as long as it lives, and says what it has applied. {@code /operator/POOL/BACKEND} is what operators
 * have set, for ever.
 *
 * <p>Below {@code /vip}, all of which one watch covers: {@code claims/VIP} is a VIP's register, {@code claims/VIP/owner} its
 * claim, {@code claims/VIP/standby/NODE} who stands by; {@code nodes/NODE} what each node tells of itself; {@code moved/VIP}
 * and {@code drained/NODE} what operators want.
 */
final class Paths {

    private final String root;

    Paths(String chroot) {
        this.root = chroot.equals("/") ? "" : chroot;
    }

    /** Whether a path is this cluster's, and not one that leads to it. */
    boolean isOwn(String path) {
        return path.equals(root) || path.startsWith(root + "/");
    }

    /** Below these lies all that this cluster keeps. */
    List<String> all() {
        List<String> parts = List.of(members(), nodes(), operator(), vip());
        return root.isEmpty() ? parts : List.of(root);
    }

    String members() {
        return root + "/members";
    }

    String nodes() {
        return root + "/nodes";
    }

    String node(String id) {
        return nodes() + "/" + id;
    }

    String operator() {
        return root + "/operator";
    }

    String backend(String pool, String backend) {
        return operator() + "/" + pool + "/" + backend;
    }

    /** {@code POOL/BACKEND} of a path below {@link #operator}; empty for another. */
    String[] backendAt(String path) {
        String prefix = operator() + "/";
        if (!path.startsWith(prefix)) {
            return new String[0];
        }
        String[] names = path.substring(prefix.length()).split("/", -1);
        return names.length == 2 ? names : new String[0];
    }

    String vip() {
        return root + "/vip";
    }

    String vipClaims() {
        return vip() + "/claims";
    }

    String vipRegister(String id) {
        return vipClaims() + "/" + id;
    }

    String vipOwner(String id) {
        return vipRegister(id) + "/owner";
    }

    String vipStandbys(String id) {
        return vipRegister(id) + "/standby";
    }

    String vipStandby(String id, String node) {
        return vipStandbys(id) + "/" + node;
    }

    String vipNodes() {
        return vip() + "/nodes";
    }

    String vipNode(String node) {
        return vipNodes() + "/" + node;
    }

    String vipsMoved() {
        return vip() + "/moved";
    }

    String vipMoved(String id) {
        return vipsMoved() + "/" + id;
    }

    String vipDrains() {
        return vip() + "/drained";
    }

    String vipDrained(String node) {
        return vipDrains() + "/" + node;
    }
}
