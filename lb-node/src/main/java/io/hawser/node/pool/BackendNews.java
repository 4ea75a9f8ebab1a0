package io.hawser.node.pool;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.Issuer;
import io.hawser.node.state.MessageException;
import io.hawser.node.state.MessageReader;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What nodes tell each other about backends: how each finds them by its own probes, and who issues which session tickets.
 *
 * <p>Health is told at once when it changes, and all of it every second, so that a message that is lost matters little and
 * a node that falls silent is no longer counted. Issuers are told when they are found, to whoever has come or asks, and all
 * of them twice a minute.
 *
 * <p>On the control thread, except {@link #issuersFound}, which may be called from any.
 */
public final class BackendNews implements PoolNews {

    private static final Topic HEALTH = new Topic("health", 1);
    private static final Topic ISSUERS = new Topic("issuers", 1);
    /** Asks for them: a node is a member, and told what there is, before it hears. */
    private static final Topic ISSUERS_WANTED = new Topic("issuers-wanted", 1);

    private static final int TICKS_BETWEEN_ISSUERS = 30;
    private static final int MAX_REASON = 200;
    /** Of one backend's health and of one issuer, at the least. */
    private static final int VIEW_BYTES = 2 * Short.BYTES + 1;

    private static final int ISSUER_BYTES = 3 * Long.BYTES + Short.BYTES + 2;

    private final SharedState state;
    private final String self;
    private final Map<String, PoolControl> pools;
    private final Executor controlThread;
    private final LongSupplier nanoTime;
    private int ticks;

    /**
     * @param self this node's id
     * @param pools the pools, by id, as they come and go
     */
    public BackendNews(
            SharedState state,
            String self,
            Map<String, PoolControl> pools,
            Executor controlThread,
            LongSupplier nanoTime) {
        this.state = state;
        this.self = self;
        this.pools = pools;
        this.controlThread = controlThread;
        this.nanoTime = nanoTime;
    }

    /**
     * Begins to hear the others.
     *
     * @param peersChanged called on the control thread, after the pools know who is there
     */
    public void start(Runnable peersChanged) {
        HEALTH.listen(state, this::heardHealth);
        ISSUERS.listen(state, this::heardIssuers);
        ISSUERS_WANTED.listen(state, message -> controlThread.execute(this::tellIssuers));
        state.onPeersChanged(() -> controlThread.execute(() -> {
            meet();
            peersChanged.run();
            tick();
            tellIssuers();
        }));
        meet();
        ISSUERS_WANTED.tell(state, message -> {});
    }

    private void meet() {
        Set<String> members = state.members();
        pools.values().forEach(pool -> pool.meet(members));
    }

    /** Tells the others all that there is to tell; called about once a second. */
    public void tick() {
        if (alone()) {
            return;
        }
        pools.values().forEach(this::tellHealth);
        ticks++;
        if (ticks % TICKS_BETWEEN_ISSUERS == 0) {
            tellIssuers();
        }
    }

    private boolean alone() {
        return state.peers().size() <= 1;
    }

    @Override
    public void healthChanged(PoolControl pool) {
        if (!alone()) {
            tellHealth(pool);
        }
    }

    @Override
    public void issuersFound(String pool, List<Issuer> found) {
        if (!alone()) {
            tellIssuers(pool, found);
        }
    }

    private void tellHealth(PoolControl pool) {
        Map<String, PoolControl.OwnView> views = pool.ownViews();
        if (!views.isEmpty()) {
            HEALTH.tell(state, out -> {
                out.writeText(self).writeText(pool.plan().id()).writeInt(views.size());
                views.forEach((backend, view) ->
                        out.writeText(backend).writeBoolean(view.up()).writeText(view.up() ? "" : cut(view.reason())));
            });
        }
    }

    private static String cut(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
    }

    private void heardHealth(MessageReader in) throws MessageException {
        String node = in.readText();
        String pool = in.readText();
        int count = in.readCount(VIEW_BYTES);
        List<String> backends = new ArrayList<>();
        List<PoolControl.OwnView> views = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            backends.add(in.readText());
            views.add(new PoolControl.OwnView(in.readBoolean(), in.readText()));
        }
        controlThread.execute(() -> {
            PoolControl control = pools.get(pool);
            if (control != null) {
                for (int i = 0; i < backends.size(); i++) {
                    control.heard(node, backends.get(i), views.get(i));
                }
            }
        });
    }

    private void tellIssuers() {
        pools.forEach((id, pool) -> tellIssuers(id, pool.pool().issuers().issuers()));
    }

    private void tellIssuers(String pool, Collection<Issuer> issuers) {
        List<Issuer> learned = issuers.stream()
                .filter(issuer -> issuer.origin() != Issuer.Origin.CONFIGURED)
                .toList();
        if (learned.isEmpty()) {
            return;
        }
        long nowMillis = nanoTime.getAsLong() / 1_000_000;
        ISSUERS.tell(state, out -> {
            out.writeText(pool).writeInt(learned.size());
            for (Issuer issuer : learned) {
                String backend = issuer.backend();
                out.writeLong(issuer.name().high())
                        .writeLong(issuer.name().low())
                        .writeBoolean(backend != null)
                        .writeText(backend == null ? "" : backend)
                        .writeByte(issuer.origin().code())
                        .writeLong(Math.max(0, nowMillis - issuer.lastSeenMillis()));
            }
        });
    }

    private void heardIssuers(MessageReader in) throws MessageException {
        String pool = in.readText();
        int count = in.readCount(ISSUER_BYTES);
        long nowMillis = nanoTime.getAsLong() / 1_000_000;
        List<Issuer> issuers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            AffinityKey name = new AffinityKey(AffinityKey.Kind.TLS_ISSUER, in.readLong(), in.readLong());
            boolean tied = in.readBoolean();
            String backend = in.readText();
            Issuer.Origin origin = Issuer.Origin.ofCode(in.readByte());
            issuers.add(new Issuer(name, tied ? backend : null, origin, nowMillis - in.readLong()));
        }
        controlThread.execute(() -> {
            PoolControl control = pools.get(pool);
            if (control != null) {
                issuers.forEach(control.pool().issuers()::told);
            }
        });
    }
}
