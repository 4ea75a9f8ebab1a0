package io.hawser.node.state;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every node of the cluster last told of itself, this one included. Safe from any thread. */
public final class Bulletins {

    private static final Logger log = LoggerFactory.getLogger(Bulletins.class);

    private static final String TOPIC = "nodes";

    private final SharedState state;
    private final Map<String, Bulletin> heard = new ConcurrentHashMap<>();

    public Bulletins(SharedState state) {
        this.state = state;
        state.listen(TOPIC, this::onMessage);
    }

    private void onMessage(byte[] message) {
        try {
            Bulletin bulletin = Bulletin.decode(message);
            heard.put(bulletin.node(), bulletin);
        } catch (IOException e) {
            log.debug("what another node tells of itself is not understood", e);
        }
    }

    /** Tells the others this, which is of this node; called about once a second. */
    public void tell(Bulletin own) {
        heard.put(own.node(), own);
        Set<String> there = state.members();
        heard.keySet().retainAll(there);
        if (there.size() > 1) {
            state.tell(TOPIC, own.encode());
        }
    }

    /** One for each node that is there and has told, in no order. */
    public List<Bulletin> all() {
        return List.copyOf(heard.values());
    }
}
