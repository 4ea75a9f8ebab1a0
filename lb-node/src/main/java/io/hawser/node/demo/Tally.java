package io.hawser.node.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Counts what became of every visit. Any thread. */
final class Tally {

    private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final List<Event> events = new ArrayList<>();
    private final Map<SessionKind, Count> counts = new EnumMap<>(SessionKind.class);
    private final List<Client> clients = new ArrayList<>();
    private final Map<String, Long> answersOf = new TreeMap<>();
    private final ArrayDeque<Long> recent = new ArrayDeque<>();

    private static final class Count {
        private long answered;
        private long returns;
        private long resumed;
        private long begunAnew;
    }

    private record Event(String what, Outage outage) {}

    private record Client(SessionKind kind, SessionStory story, Visits visits) {}

    /** How often a client was answered since the last event. */
    private static final class Visits {
        private long sinceEvent;
    }

    Tally() {
        events.add(new Event("", new Outage()));
        for (SessionKind kind : SessionKind.values()) {
            counts.put(kind, new Count());
        }
    }

    /** A client that has not come yet; returns its number. */
    synchronized int client(SessionKind kind) {
        clients.add(new Client(kind, new SessionStory(kind), new Visits()));
        return clients.size() - 1;
    }

    /** Something happens now: failures from here on are counted for it. */
    synchronized void event(String what) {
        events.add(new Event(what, new Outage()));
        clients.forEach(client -> client.visits.sinceEvent = 0);
    }

    /**
     * What a client's visit came to; it has just ended.
     *
     * @param now System.nanoTime's
     */
    synchronized void visit(int number, Visit visit, long now) {
        Client client = clients.get(number);
        Outage outage = events.get(events.size() - 1).outage;
        if (visit instanceof Visit.Answered answered) {
            outage.answered(answered.begun());
            client.visits.sinceEvent++;
            recent.addLast(now);
            answersOf.merge(answered.backend(), 1L, Long::sum);
            count(client, answered);
        } else {
            outage.failed(visit.begun());
            if (visit instanceof Visit.Broken) {
                client.story.broken();
            }
        }
        forget(now);
    }

    private void count(Client client, Visit.Answered answered) {
        Count count = counts.get(client.kind);
        if (count == null) {
            throw new IllegalStateException("no count of " + client.kind);
        }
        count.answered++;
        SessionStory.Turn turn = client.story.answered(answered.backend(), answered.resumed());
        if (turn == SessionStory.Turn.BEGUN_ANEW) {
            count.begunAnew++;
        } else if (turn != SessionStory.Turn.BEGUN) {
            count.returns++;
            count.resumed += answered.resumed() ? 1 : 0;
        }
    }

    private void forget(long now) {
        while (!recent.isEmpty() && now - recent.getFirst() > RATE_NANOS) {
            recent.removeFirst();
        }
    }

    /** Whether every client was answered so often since the last event. */
    synchronized boolean allAnswered(int times) {
        return clients.stream().allMatch(client -> client.visits.sinceEvent >= times);
    }

    /** Answers a second, of late. */
    synchronized long rate(long now) {
        forget(now);
        return recent.size() / TimeUnit.NANOSECONDS.toSeconds(RATE_NANOS);
    }

    /** Requests that each backend has answered, by its name. */
    synchronized Map<String, Long> answersOf() {
        return new TreeMap<>(answersOf);
    }

    /** Sessions that live on each backend, by its name. */
    synchronized Map<String, Long> sessionsOf() {
        Map<String, Long> sessions = new TreeMap<>();
        for (Client client : clients) {
            String home = client.story.home();
            if (home != null) {
                sessions.merge(home, 1L, Long::sum);
            }
        }
        return sessions;
    }

    /** How it stands now. */
    synchronized Verdict verdict() {
        List<Verdict.Kind> kinds = new ArrayList<>();
        counts.forEach((kind, count) -> {
            List<Client> own =
                    clients.stream().filter(client -> client.kind == kind).toList();
            long moved = own.stream().filter(client -> client.story.moved()).count();
            kinds.add(new Verdict.Kind(
                    kind, own.size(), moved, count.answered, count.returns, count.resumed, count.begunAnew));
        });
        List<Verdict.Happening> happenings = events.stream()
                .map(event -> new Verdict.Happening(
                        event.what,
                        event.outage.failures(),
                        TimeUnit.NANOSECONDS.toMillis(event.outage.longestNanos()),
                        event.outage.dark()))
                .toList();
        return new Verdict(kinds, happenings);
    }
}
