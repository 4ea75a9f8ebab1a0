package io.hawser.node.state;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What every node of the cluster last told of itself, this one included. Safe from any thread. */
public final class Bulletins {

    private static final Topic TOPIC = new Topic("nodes", 1);

    private final SharedState state;
    private final Map<String, Bulletin> heard = new ConcurrentHashMap<>();

    public Bulletins(SharedState state) {
        this.state = state;
        TOPIC.listen(state, message -> {
            Bulletin bulletin = Bulletin.read(message);
            heard.put(bulletin.node(), bulletin);
        });
    }

    /** Tells the others this, which is of this node; called about once a second. */
    public void tell(Bulletin own) {
        heard.put(own.node(), own);
        Set<String> there = state.members();
        heard.keySet().retainAll(there);
        if (there.size() > 1) {
            TOPIC.tell(state, own::write);
        }
    }

    /** One for each node that is there and has told, in no order. */
    public List<Bulletin> all() {
        return List.copyOf(heard.values());
    }
}
