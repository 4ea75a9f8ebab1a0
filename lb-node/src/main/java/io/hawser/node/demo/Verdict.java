package io.hawser.node.demo;

import java.util.List;

/**
 * What came of it all.
 *
 * @param kinds one for each kind of session
 * @param happenings what happened, in order; the first is the time before anything did, and has no name
 */
record Verdict(List<Kind> kinds, List<Happening> happenings) {

    Verdict {
        kinds = List.copyOf(kinds);
        happenings = List.copyOf(happenings);
    }

    /**
     * Sessions of one kind.
     *
     * @param sessions all
     * @param moved those that changed their backend
     * @param answered requests that were answered
     * @param returns those of them that came back with a session
     * @param resumed those of them whose session was resumed
     * @param begunAnew how often a client had to forget its session, since its connection broke
     */
    record Kind(
            SessionKind kind, long sessions, long moved, long answered, long returns, long resumed, long begunAnew) {}

    /**
     * Something that happened.
     *
     * @param what it was, for people
     * @param failed requests that failed between it and the next
     * @param darkMillis the longest time without service in between
     * @param dark whether there was no service at its end
     */
    record Happening(String what, long failed, long darkMillis, boolean dark) {}

    long sessions() {
        return kinds.stream().mapToLong(Kind::sessions).sum();
    }

    long moved() {
        return kinds.stream().mapToLong(Kind::moved).sum();
    }

    long answered() {
        return kinds.stream().mapToLong(Kind::answered).sum();
    }

    long failed() {
        return happenings.stream().mapToLong(Happening::failed).sum();
    }

    /** Whether every session stayed where it was. */
    boolean good() {
        return moved() == 0;
    }
}
