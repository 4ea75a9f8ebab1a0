package io.hawser.node.pool;

import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.Issuer;
import io.hawser.affinity.IssuerTable;
import io.hawser.node.metrics.AffinityMetrics;
import io.hawser.selection.PoolView;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A pool as the data path sees it. Safe from any thread: the state is immutable and replaced whole by {@link
 * PoolControl}.
 */
public final class Pool {

    /**
     * A pool at one moment; what belongs together changes together.
     *
     * @param settings what is done with connections
     * @param view what the selector chooses from
     * @param targets how each backend of the view is reached, by id
     */
    public record State(PoolSettings settings, PoolView view, Map<String, Target> targets) {

        public State {
            targets = Map.copyOf(targets);
        }

        /** How a backend of the view is reached. */
        public Target target(String backend) {
            Target target = targets.get(backend);
            if (target == null) {
                throw new IllegalStateException("pool " + view.id() + " has no target for its backend " + backend);
            }
            return target;
        }
    }

    private final String id;
    private final AffinityTable affinity;
    private final IssuerTable issuers;
    private final Consumer<List<Issuer>> issuerNews;
    private final AffinityMetrics affinityMetrics;
    private volatile State state;

    /**
     * A pool.
     *
     * @param affinity where sessions and clients are remembered
     * @param issuers where it is remembered who issues which tickets
     * @param issuerNews is told of what has become known of issuers; called from event loops, must not block
     */
    Pool(
            String id,
            AffinityTable affinity,
            IssuerTable issuers,
            Consumer<List<Issuer>> issuerNews,
            AffinityMetrics affinityMetrics,
            State state) {
        this.id = id;
        this.affinity = new WithIssuers(affinity, issuers);
        this.issuers = issuers;
        this.issuerNews = issuerNews;
        this.affinityMetrics = affinityMetrics;
        this.state = state;
    }

    public String id() {
        return id;
    }

    public State state() {
        return state;
    }

    void become(State next) {
        state = next;
    }

    public AffinityTable affinity() {
        return affinity;
    }

    public AffinityMetrics affinityMetrics() {
        return affinityMetrics;
    }

    /** Who issues which tickets. */
    public IssuerTable issuers() {
        return issuers;
    }

    /** Tells what has become known of issuers to whoever shares it. */
    public void tell(List<Issuer> news) {
        if (!news.isEmpty()) {
            issuerNews.accept(news);
        }
    }
}
