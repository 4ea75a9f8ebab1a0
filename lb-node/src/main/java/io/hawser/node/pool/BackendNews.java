package io.hawser.node.pool;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.Issuer;
import io.hawser.node.state.SharedState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes tell each other about backends: how each finds them by its own probes, and who issues which session tickets.
 *
 * <p>Health is told at once when it changes, and all of it every second, so that a message that is lost matters little and
 * a node that falls silent is no longer counted. Issuers are told when they are found, to whoever has come, and all of them
 * twice a minute.
 *
 * <p>On the control thread, except {@link #issuersFound}, which may be called from any.
 */
public final class BackendNews implements PoolNews {

    private static final Logger log = LoggerFactory.getLogger(BackendNews.class);

    private static final String HEALTH = "health";
    private static final String ISSUERS = "issuers";
    private static final int VERSION = 1;
    private static final int TICKS_BETWEEN_ISSUERS = 30;
    private static final int MAX_REASON = 200;

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
        state.listen(HEALTH, message -> read(message, this::heardHealth));
        state.listen(ISSUERS, message -> read(message, this::heardIssuers));
        state.onPeersChanged(() -> controlThread.execute(() -> {
            meet();
            peersChanged.run();
            tick();
            tellIssuers();
        }));
        meet();
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
            tell(HEALTH, out -> {
                out.writeUTF(self);
                out.writeUTF(pool.plan().id());
                out.writeInt(views.size());
                for (Map.Entry<String, PoolControl.OwnView> view : views.entrySet()) {
                    out.writeUTF(view.getKey());
                    out.writeBoolean(view.getValue().up());
                    out.writeUTF(view.getValue().up() ? "" : cut(view.getValue().reason()));
                }
            });
        }
    }

    private static String cut(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
    }

    private void heardHealth(DataInputStream in) throws IOException {
        String node = in.readUTF();
        String pool = in.readUTF();
        int count = in.readInt();
        List<String> backends = new ArrayList<>();
        List<PoolControl.OwnView> views = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            backends.add(in.readUTF());
            views.add(new PoolControl.OwnView(in.readBoolean(), in.readUTF()));
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
        tell(ISSUERS, out -> {
            out.writeUTF(pool);
            out.writeInt(learned.size());
            for (Issuer issuer : learned) {
                out.writeLong(issuer.name().high());
                out.writeLong(issuer.name().low());
                String backend = issuer.backend();
                out.writeBoolean(backend != null);
                out.writeUTF(backend == null ? "" : backend);
                out.writeByte(issuer.origin().code());
                out.writeLong(Math.max(0, nowMillis - issuer.lastSeenMillis()));
            }
        });
    }

    private void heardIssuers(DataInputStream in) throws IOException {
        String pool = in.readUTF();
        int count = in.readInt();
        long nowMillis = nanoTime.getAsLong() / 1_000_000;
        List<Issuer> issuers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            AffinityKey name = new AffinityKey(AffinityKey.Kind.TLS_ISSUER, in.readLong(), in.readLong());
            boolean tied = in.readBoolean();
            String backend = in.readUTF();
            Issuer.Origin origin = Issuer.Origin.ofCode(in.readUnsignedByte());
            issuers.add(new Issuer(name, tied ? backend : null, origin, nowMillis - in.readLong()));
        }
        controlThread.execute(() -> {
            PoolControl control = pools.get(pool);
            if (control != null) {
                issuers.forEach(control.pool().issuers()::told);
            }
        });
    }

    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    private interface Hearing {
        void read(DataInputStream in) throws IOException;
    }

    private void tell(String topic, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written", e);
        }
        state.tell(topic, bytes.toByteArray());
    }

    private static void read(byte[] message, Hearing hearing) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            int version = in.readUnsignedByte();
            if (version == VERSION) {
                hearing.read(in);
            } else {
                log.debug("a message about backends of version {} is left to nodes that understand it", version);
            }
        } catch (IOException e) {
            log.warn("what another node tells about backends is not understood", e);
        }
    }
}
