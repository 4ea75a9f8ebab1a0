package io.hawser.node.state;

/** Hears what happens between a node's copy of a table and the others; called from any thread, must not block. */
public interface TableEvents {

    /** How a claim of a new key ended. */
    enum Claim {
        /** Nobody knew the key: the proposal stands everywhere. */
        WON("won"),
        /** Another node was first, and its choice stands. */
        LOST("lost"),
        /** The answer took too long: the proposal stands here, and is reconciled. */
        TIMED_OUT("timed-out"),
        /** Not asked, because answers take too long at the moment or too many are waited for. */
        SKIPPED("skipped");

        private final String label;

        Claim(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    void claimed(Claim result);

    /** A change was not told to others, because too many are waiting; the next reconciliation makes up for it. */
    void dropped();

    /**
     * A reconciliation is over.
     *
     * @param received entries that this node did not have, or only older ones
     * @param sent entries that the others did not have
     */
    void reconciled(int received, int sent);
}
