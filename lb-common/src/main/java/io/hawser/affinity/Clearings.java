package io.hawser.affinity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one node remembers, for a while, of what operators had forgotten on every node: a change that was on its way
 * meanwhile must not bring back what is cleared.
 *
 * <p>No clock decides, for those of nodes differ and messages take their time: each sender says which clearings it had
 * carried out, and what it tells without having heard of one is void as far as that one goes. Safe from any thread.
 */
public final class Clearings {

    /** The oldest is forgotten for one more. */
    static final int MAX_REMEMBERED = 1024;

    /** Longer than a message takes: so much longer than it says a sender may have been listening when it arrives. */
    static final long DELAY_MILLIS = 5_000;

    private record Heard(Clearing clearing, long atMillis) {}

    private final long rememberedMillis;
    private final long sinceMillis;
    private final Deque<Heard> heard = new ArrayDeque<>();
    private final Set<Long> ids = new HashSet<>();

    /**
     * A node that has heard of none.
     *
     * @param rememberedMillis for how long changes that were on their way are void: longer than any is; a node says twice
     *     as long that it has heard of a clearing
     */
    public Clearings(long rememberedMillis, long nowMillis) {
        this.rememberedMillis = rememberedMillis;
        this.sinceMillis = nowMillis;
    }

    /** Takes note of a clearing; says whether it is heard of for the first time. */
    public synchronized boolean hear(Clearing clearing, long nowMillis) {
        forgetOld(nowMillis);
        if (!ids.add(clearing.id())) {
            return false;
        }
        heard.addLast(new Heard(clearing, nowMillis));
        if (heard.size() > MAX_REMEMBERED) {
            ids.remove(heard.removeFirst().clearing().id());
        }
        return true;
    }

    private void forgetOld(long nowMillis) {
        while (!heard.isEmpty() && nowMillis - heard.getFirst().atMillis() > 2 * rememberedMillis) {
            ids.remove(heard.removeFirst().clearing().id());
        }
    }

    /** What this node may say with the entries that it looks for from now on. */
    public synchronized KnownClearings known(long nowMillis) {
        forgetOld(nowMillis);
        return new KnownClearings(ids, nowMillis - sinceMillis);
    }

    /** The entries of a batch that no clearing makes void. */
    public List<AffinityTable.Entry> sift(AffinityBatch batch, long nowMillis) {
        List<Clearing> unheard = unheard(batch.known(), nowMillis);
        return unheard.isEmpty()
                ? batch.entries()
                : batch.entries().stream()
                        .filter(entry -> unheard.stream().noneMatch(clearing -> clearing.covers(entry)))
                        .toList();
    }

    private synchronized List<Clearing> unheard(KnownClearings sender, long nowMillis) {
        List<Clearing> unheard = new ArrayList<>();
        for (Heard one : heard) {
            long age = nowMillis - one.atMillis();
            if (age <= rememberedMillis
                    && sender.listeningMillis() > age - DELAY_MILLIS
                    && !sender.ids().contains(one.clearing().id())) {
                unheard.add(one.clearing());
            }
        }
        return unheard;
    }
}
