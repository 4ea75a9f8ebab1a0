package io.hawser.vip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * ZooKeeper, as far as VIPs go: servers that hear of commits late, answer from what they have heard, and go on for a
 * while when they are cut off; and a leader that commits in one order and ends sessions, at times late and at times early.
 */
final class SimEnsemble {

    static final int SERVERS = 3;
    private static final long SYNC_LIMIT = 2_000_000_000L;

    private final SimWorld world;
    private final List<Entry> log = new ArrayList<>();
    private final Server[] servers = new Server[SERVERS];
    private final Map<Long, Session> sessions = new HashMap<>();
    private final ClaimView[] claims;
    private List<Member> members = List.of();
    private boolean quorum = true;
    private long lastCommitAt;
    private long nextSession = 1;

    SimEnsemble(SimWorld world, int vips) {
        this.world = world;
        this.claims = new ClaimView[vips];
        for (int vip = 0; vip < vips; vip++) {
            claims[vip] = new ClaimView(0, true, 0, 0, null, Set.of());
        }
        for (int i = 0; i < SERVERS; i++) {
            servers[i] = new Server(claims.clone());
        }
    }

    /** A node's registration, which lives with its session. */
    record Member(String node, long session, boolean candidate) {}

    /** What a commit changed. */
    enum Kind {
        NOTHING,
        RENEWED,
        CHANGED,
        MEMBERS
    }

    private record Entry(
            Kind kind,
            int vip,
            ClaimView claim,
            List<Member> members,
            @Nullable Connection writer,
            boolean done,
            @Nullable Reply reply) {}

    /** What is done at the writer when its server has applied the write. */
    interface Reply {
        void answered(boolean done);
    }

    /** Changes a claim; null refuses. */
    interface Change {
        @Nullable ClaimView apply(ClaimView claim);
    }

    private static final class Session {
        private final long id;
        private long touchedAt;
        private boolean over;

        Session(long id) {
            this.id = id;
        }
    }

    private static final class Server {
        private final ClaimView[] claims;
        private List<Member> members = List.of();
        private final List<Connection> connections = new ArrayList<>();
        private boolean cutOff;
        private int cuts;
        private int applied;
        private long appliesUntil;

        Server(ClaimView[] claims) {
            this.claims = claims;
        }
    }

    /** A node's connection to a server: two streams in order, either of which may break at any time. */
    final class Connection {
        private final SimNode node;
        private final Server server;
        private final Session session;
        private long arrivesAt;
        private long deliversAt;
        private int writesUnderWay;
        private final List<Runnable> readsWaiting = new ArrayList<>();
        private boolean broken;
        private long heardAt;

        Connection(SimNode node, Server server, Session session) {
            this.node = node;
            this.server = server;
            this.session = session;
            this.heardAt = world.now();
        }

        long session() {
            return session.id;
        }

        /** What a node can't see, before it hears nothing for a while. */
        boolean isBroken() {
            return broken;
        }

        long heardAt() {
            return heardAt;
        }

        void close() {
            broken = true;
            server.connections.remove(this);
        }

        private void send(Runnable received) {
            arrivesAt = Math.max(arrivesAt, world.now() + world.messageDelay());
            world.at(arrivesAt, () -> {
                if (world.isCutFromEnsemble(node)) {
                    // What comes after a gap in a stream doesn't come at all.
                    close();
                } else if (!broken) {
                    touch(session, server);
                    received.run();
                }
            });
        }

        private void deliver(Runnable event) {
            deliversAt = Math.max(deliversAt, world.now() + world.messageDelay());
            world.at(deliversAt, () -> {
                if (!broken) {
                    if (world.isCutFromEnsemble(node)) {
                        close();
                    } else {
                        heardAt = world.now();
                        node.received(this, event);
                    }
                }
            });
        }

        void ping() {
            send(() -> deliver(() -> {}));
        }

        void read(int vip) {
            send(() -> readInOrder(() -> {
                ClaimView seen = withNodes(server.claims[vip]);
                deliver(() -> node.tell(vip, new VipEvent.ClaimRead(seen)));
            }));
        }

        void readMembers() {
            send(() -> readInOrder(() -> tellMembers(this)));
        }

        private void readInOrder(Runnable read) {
            if (writesUnderWay == 0) {
                read.run();
            } else {
                readsWaiting.add(read);
            }
        }

        void write(int vip, boolean renewal, Change change, Reply reply) {
            submit(() -> {
                ClaimView changed = change.apply(claims[vip]);
                if (changed != null) {
                    claims[vip] = changed;
                }
                Kind kind = changed == null ? Kind.NOTHING : renewal ? Kind.RENEWED : Kind.CHANGED;
                return new Entry(kind, vip, claims[vip], members, this, changed != null, reply);
            });
        }

        void register(boolean candidate) {
            submit(() -> {
                List<Member> changed = new ArrayList<>(members);
                changed.removeIf(member -> member.session() == session.id);
                changed.add(new Member(node.id(), session.id, candidate));
                members = List.copyOf(changed);
                return new Entry(Kind.MEMBERS, 0, claims[0], members, this, true, null);
            });
        }

        private void submit(Supplier<Entry> transaction) {
            send(() -> {
                writesUnderWay++;
                if (!server.cutOff) {
                    commit(() -> session.over
                            ? new Entry(Kind.NOTHING, -1, claims[0], members, this, false, null)
                            : transaction.get());
                }
            });
        }
    }

    /** How a mark of standing by is kept: it goes with the session. */
    static String mark(String node, long session) {
        return node + "/" + session;
    }

    private static ClaimView withNodes(ClaimView claim) {
        if (claim.standby().isEmpty()) {
            return claim;
        }
        Set<String> nodes = new HashSet<>();
        claim.standby().forEach(mark -> nodes.add(mark.substring(0, mark.indexOf('/'))));
        return new ClaimView(
                claim.epoch(), claim.free(), claim.holdOutNanos(), claim.quietNanos(), claim.owner(), nodes);
    }

    private static void tellMembers(Connection connection) {
        List<Member> seen = connection.server.members;
        connection.deliver(() -> connection.node.learnMembers(seen));
    }

    /** The leader's own transactions are made by the next leader when this one can't. */
    private void commitAnyway(Supplier<Entry> transaction) {
        if (quorum) {
            lastCommitAt = Math.max(lastCommitAt, world.now());
            world.at(lastCommitAt, () -> {
                if (quorum) {
                    add(transaction.get());
                } else {
                    commitAnyway(transaction);
                }
            });
        } else {
            world.after(100_000_000, () -> commitAnyway(transaction));
        }
    }

    private void add(Entry entry) {
        log.add(entry);
        for (Server server : servers) {
            catchUp(server);
        }
    }

    private void commit(Supplier<Entry> transaction) {
        lastCommitAt = Math.max(lastCommitAt, world.now() + world.messageDelay());
        world.at(lastCommitAt, () -> {
            if (quorum) {
                add(transaction.get());
            }
        });
    }

    private void catchUp(Server server) {
        if (server.cutOff) {
            return;
        }
        int until = log.size();
        server.appliesUntil = Math.max(server.appliesUntil, world.now() + world.messageDelay());
        int cuts = server.cuts;
        world.at(server.appliesUntil, () -> {
            if (cuts == server.cuts && !server.cutOff) {
                while (server.applied < until) {
                    apply(server, log.get(server.applied));
                    server.applied++;
                }
            }
        });
    }

    private void apply(Server server, Entry entry) {
        if (entry.kind() == Kind.MEMBERS) {
            server.members = entry.members();
        } else if (entry.kind() != Kind.NOTHING) {
            server.claims[entry.vip()] = entry.claim();
        }
        for (Connection connection : List.copyOf(server.connections)) {
            if (entry.kind() == Kind.MEMBERS) {
                tellMembers(connection);
            } else if (entry.kind() == Kind.RENEWED) {
                connection.deliver(() -> connection.node.tell(entry.vip(), new VipEvent.Renewed()));
            } else if (entry.kind() == Kind.CHANGED) {
                connection.deliver(() -> connection.node.tell(entry.vip(), new VipEvent.Changed()));
            }
        }
        Connection writer = entry.writer();
        if (writer != null && writer.server == server && !writer.broken) {
            writer.writesUnderWay--;
            if (entry.vip() < 0) {
                writer.deliver(() -> writer.node.sessionIsOver());
            } else if (entry.reply() != null) {
                Reply reply = entry.reply();
                writer.deliver(() -> reply.answered(entry.done()));
            }
            while (writer.writesUnderWay == 0 && !writer.readsWaiting.isEmpty()) {
                writer.readsWaiting.remove(0).run();
            }
        }
    }

    /** A follower tells the leader of its clients' signs of life only with the next ping, if that still arrives. */
    private void touch(Session session, Server server) {
        boolean missed = world.random().nextInt(4) == 0 && world.isTroubled();
        if (!server.cutOff && !missed) {
            session.touchedAt = Math.max(session.touchedAt, world.now());
        }
    }

    /**
     * Connects a node.
     *
     * @param session the session to go on with, or 0 for a new one
     * @return null when that server doesn't take it now
     */
    @Nullable Connection connect(SimNode node, long session) {
        Server server = servers[world.random().nextInt(SERVERS)];
        if (server.cutOff || !quorum || world.isCutFromEnsemble(node)) {
            return null;
        }
        Session found = sessions.get(session);
        if (found == null || found.over) {
            found = new Session(nextSession++);
            sessions.put(found.id, found);
            found.touchedAt = world.now();
            watch(found);
        }
        found.touchedAt = world.now();
        Connection connection = new Connection(node, server, found);
        server.connections.add(connection);
        return connection;
    }

    private void watch(Session session) {
        long dueAt = session.touchedAt
                + world.sessionTimeout()
                + (long) (world.random().nextDouble() * SimWorld.TICK);
        world.at(dueAt, () -> {
            if (session.over) {
                return;
            }
            if (quorum && world.now() - session.touchedAt >= world.sessionTimeout()) {
                expire(session);
            } else {
                if (!quorum) {
                    session.touchedAt = world.now();
                }
                watch(session);
            }
        });
    }

    /** Ends a session, whatever it did. */
    void expire(long id) {
        Session session = sessions.get(id);
        if (session != null && !session.over && quorum) {
            expire(session);
        }
    }

    private void expire(Session session) {
        session.over = true;
        for (int i = 0; i < claims.length; i++) {
            int vip = i;
            commitAnyway(() -> withoutEphemerals(vip, session.id));
        }
        commitAnyway(() -> {
            members = members.stream()
                    .filter(member -> member.session() != session.id)
                    .toList();
            return new Entry(Kind.MEMBERS, 0, claims[0], members, null, true, null);
        });
        for (Server server : servers) {
            if (!server.cutOff) {
                List.copyOf(server.connections).stream()
                        .filter(connection -> connection.session == session)
                        .forEach(this::hangUp);
            }
        }
    }

    private Entry withoutEphemerals(int vip, long session) {
        ClaimView claim = claims[vip];
        ClaimView.Owner owner = claim.owner();
        boolean owned = owner != null && owner.session() == session;
        Set<String> standby = new HashSet<>(claim.standby());
        boolean stood = standby.removeIf(mark -> mark.endsWith("/" + session));
        if (owned || stood) {
            claims[vip] = new ClaimView(
                    claim.epoch(),
                    claim.free(),
                    claim.holdOutNanos(),
                    claim.quietNanos(),
                    owned ? null : owner,
                    standby);
        }
        return new Entry(owned || stood ? Kind.CHANGED : Kind.NOTHING, vip, claims[vip], members, null, true, null);
    }

    /** Cuts a server off from the others; it goes on answering its clients until it notices. */
    void cutOff(int index) {
        Server server = servers[index];
        if (server.cutOff) {
            return;
        }
        server.cutOff = true;
        server.cuts++;
        int cuts = server.cuts;
        world.after(SYNC_LIMIT, () -> {
            if (server.cutOff && server.cuts == cuts) {
                hangUp(server);
            }
        });
    }

    void rejoin(int index) {
        Server server = servers[index];
        if (server.cutOff) {
            server.cutOff = false;
            server.cuts++;
            hangUp(server);
            catchUp(server);
        }
    }

    private void hangUp(Server server) {
        List.copyOf(server.connections).forEach(this::hangUp);
    }

    private void hangUp(Connection connection) {
        connection.close();
        world.after(world.messageDelay(), () -> connection.node.hungUp(connection));
    }

    /** Nothing is committed until {@link #elect}. */
    void loseQuorum() {
        quorum = false;
    }

    /** A new leader gives every session its whole timeout again, and all clients are to connect anew. */
    void elect() {
        if (!quorum) {
            quorum = true;
            sessions.values().forEach(session -> session.touchedAt = world.now());
            for (Server server : servers) {
                hangUp(server);
            }
        }
    }
}
