package io.hawser.affinity;

import io.hawser.hash.Hash64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which backend issues the session tickets that begin with which name, within one pool: so that a client which resumes
 * a TLS 1.3 session, whose ticket nobody but it and the backend has seen, still finds that backend.
 *
 * <p>Learned only from backends, never from what clients claim: from tickets that a backend gives to a probe or sends in
 * the clear, and from resumptions that it accepts. From passing connections a name is trusted after two different
 * tickets; a name that two backends accept is shared and ties nobody; one that its backend refuses again and again is
 * forgotten.
 *
 * <p>Safe from any thread; looking up takes no lock. Times are milliseconds of a monotonic clock of the caller's.
 */
public final class IssuerTable {

    /** Tickets live for a week at most (RFC 8446 section 4.6.1), so does what is known of their issuer. */
    static final long TTL_MILLIS = 7L * 24 * 3600 * 1000;

    /** A backend has one name now and a few old ones. */
    static final int MAX_ISSUERS = 4096;

    /** Names seen on one ticket only; servers whose tickets begin with chance make one each time. */
    static final int MAX_CANDIDATES = 1024;

    private static final int REFUSALS = 3;

    /** What speaks for or against a name; changed under the table's lock. */
    private static final class Known {
        final AffinityKey name;
        volatile @Nullable String backend;
        volatile Issuer.Origin origin;
        volatile long lastSeenMillis;
        int refusals;
        long lastRefused;

        Known(AffinityKey name, @Nullable String backend, Issuer.Origin origin, long nowMillis) {
            this.name = name;
            this.backend = backend;
            this.origin = origin;
            this.lastSeenMillis = nowMillis;
        }

        Issuer issuer() {
            return new Issuer(name, backend, origin, lastSeenMillis);
        }
    }

    /**
     * The beginning of a ticket key's name that the operator has set at one backend.
     *
     * @param prefix in hexadecimal, of 1 to 16 bytes
     * @param backend the backend's id
     */
    public record ConfiguredName(String prefix, String backend) {}

    /** A configured name, ready to be compared with. */
    private static final class Prefix {
        final byte[] bytes;
        final AffinityKey name;

        Prefix(ConfiguredName configured) {
            this.bytes = HexFormat.of().parseHex(configured.prefix());
            this.name = AffinityKeys.digest(AffinityKey.Kind.TLS_ISSUER, bytes);
        }
    }

    /** A name that one ticket has shown. */
    private record Candidate(String backend, long ticket) {}

    private final Map<AffinityKey, Known> known = new ConcurrentHashMap<>();

    /** What the operator says; the longest name first. While there is any, nothing is learned. */
    private volatile List<Prefix> configured = List.of();

    private final Map<AffinityKey, Candidate> candidates = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AffinityKey, Candidate> eldest) {
            return size() > MAX_CANDIDATES;
        }
    };

    /**
     * Sets the names that the operator has given to the backends' ticket keys. While there are any, they alone count:
     * nothing is learned, and restarts of backends change nothing.
     */
    public synchronized void configure(List<ConfiguredName> names) {
        known.values().removeIf(issuer -> issuer.origin == Issuer.Origin.CONFIGURED || !names.isEmpty());
        candidates.clear();
        List<Prefix> prefixes = new ArrayList<>();
        for (ConfiguredName configuredName : names) {
            Prefix prefix = new Prefix(configuredName);
            prefixes.add(prefix);
            known.put(prefix.name, new Known(prefix.name, configuredName.backend(), Issuer.Origin.CONFIGURED, 0));
        }
        prefixes.sort(
                Comparator.comparingInt((Prefix prefix) -> prefix.bytes.length).reversed());
        configured = List.copyOf(prefixes);
    }

    /** Whether names are learned: not while the operator gives them. */
    public boolean learns() {
        return configured.isEmpty();
    }

    /** The name that a ticket begins with and that ties it to a backend; null when there is none. */
    public @Nullable AffinityKey nameOf(byte[] ticket, long nowMillis) {
        if (known.isEmpty()) {
            return null;
        }
        List<Prefix> prefixes = configured;
        if (!prefixes.isEmpty()) {
            return configuredNameOf(ticket, prefixes);
        }
        for (int length : IssuerNames.LENGTHS) {
            AffinityKey name = IssuerNames.of(ticket, length);
            if (name != null && find(name, nowMillis) != null) {
                return name;
            }
        }
        return null;
    }

    private static @Nullable AffinityKey configuredNameOf(byte[] ticket, List<Prefix> prefixes) {
        for (int i = 0; i < prefixes.size(); i++) {
            Prefix prefix = prefixes.get(i);
            int length = prefix.bytes.length;
            if (ticket.length > length && Arrays.equals(ticket, 0, length, prefix.bytes, 0, length)) {
                return prefix.name;
            }
        }
        return null;
    }

    /** The id of the backend that issues tickets of this name; null when it isn't known, or several do. */
    public @Nullable String find(AffinityKey name, long nowMillis) {
        Known issuer = known.get(name);
        return issuer == null || expired(issuer, nowMillis) ? null : issuer.backend;
    }

    /** What ties tickets of this name, for people; null when nothing does. */
    public AffinityTable.@Nullable Entry lookUp(AffinityKey name, long nowMillis) {
        Known issuer = known.get(name);
        String backend = find(name, nowMillis);
        return issuer == null || backend == null ? null : new AffinityTable.Entry(name, backend, issuer.lastSeenMillis);
    }

    private static boolean expired(Known issuer, long nowMillis) {
        return issuer.origin != Issuer.Origin.CONFIGURED && nowMillis - issuer.lastSeenMillis >= TTL_MILLIS;
    }

    /**
     * A backend accepted a ticket from a client, or issued one that could be read.
     *
     * @return what has become known by it and is worth telling other nodes; most often nothing
     */
    public synchronized List<Issuer> seen(byte[] ticket, String backend, long nowMillis) {
        if (!learns()) {
            return List.of();
        }
        List<Issuer> news = new ArrayList<>(2);
        for (int length : IssuerNames.LENGTHS) {
            AffinityKey name = IssuerNames.of(ticket, length);
            if (name == null) {
                continue;
            }
            Known issuer = known.get(name);
            if (issuer != null) {
                confirm(issuer, backend, nowMillis, news);
                // A name that is known is the whole name: what a shorter or longer one could be is no news.
                return news;
            }
        }
        long hash = Hash64.of(ticket, 0);
        for (int length : IssuerNames.LENGTHS) {
            AffinityKey name = IssuerNames.of(ticket, length);
            if (name == null) {
                continue;
            }
            Candidate before = candidates.get(name);
            if (before == null) {
                candidates.put(name, new Candidate(backend, hash));
            } else if (before.ticket() != hash) {
                candidates.remove(name);
                String only = before.backend().equals(backend) ? backend : null;
                news.add(add(name, only, Issuer.Origin.TRAFFIC, nowMillis));
                return news;
            }
        }
        return news;
    }

    private void confirm(Known issuer, String backend, long nowMillis, List<Issuer> news) {
        issuer.refusals = 0;
        String before = issuer.backend;
        if (before != null && !before.equals(backend)) {
            issuer.backend = null;
            news.add(issuer.issuer());
        }
        issuer.lastSeenMillis = nowMillis;
    }

    /**
     * A backend refused a ticket that was brought to it because of its name. Tickets are refused for many reasons, but
     * one after another means that the backend has lost the key.
     *
     * @return whether the name is forgotten by it
     */
    public synchronized boolean refused(byte[] ticket, String backend, long nowMillis) {
        AffinityKey name = nameOf(ticket, nowMillis);
        Known issuer = name == null ? null : known.get(name);
        if (issuer == null || !backend.equals(issuer.backend) || !learns()) {
            return false;
        }
        long hash = Hash64.of(ticket, 0);
        if (hash == issuer.lastRefused) {
            return false;
        }
        issuer.lastRefused = hash;
        issuer.refusals++;
        if (issuer.refusals < REFUSALS) {
            return false;
        }
        known.remove(issuer.name);
        return true;
    }

    /**
     * A backend gave these tickets to a probe.
     *
     * @param tickets two or more, all different
     * @return what has become known by it and is worth telling other nodes; empty also when the tickets name no issuer
     */
    public synchronized List<Issuer> probed(List<byte[]> tickets, String backend, long nowMillis) {
        int length = IssuerNames.commonLength(tickets);
        if (length == 0 || !learns()) {
            return List.of();
        }
        byte[] ticket = tickets.get(0);
        List<Issuer> news = new ArrayList<>(2);
        learn(IssuerNames.of(ticket, length), backend, Issuer.Origin.PROBE, nowMillis, news);
        if (length == 4) {
            learn(
                    IssuerNames.ofNumber(IssuerNames.number(ticket) + 1),
                    backend,
                    Issuer.Origin.PREDICTED,
                    nowMillis,
                    news);
        }
        return news;
    }

    /** Another node knows this. */
    public synchronized void told(Issuer issuer) {
        if (!learns()) {
            return;
        }
        Known here = known.get(issuer.name());
        if (here == null) {
            add(issuer.name(), issuer.backend(), issuer.origin(), issuer.lastSeenMillis());
            return;
        }
        here.lastSeenMillis = Math.max(here.lastSeenMillis, issuer.lastSeenMillis());
        String before = here.backend;
        if (before != null && !before.equals(issuer.backend())) {
            here.backend = null;
        }
    }

    private void learn(
            @Nullable AffinityKey name, String backend, Issuer.Origin origin, long nowMillis, List<Issuer> news) {
        if (name == null) {
            return;
        }
        Known issuer = known.get(name);
        if (issuer == null) {
            news.add(add(name, backend, origin, nowMillis));
        } else {
            confirm(issuer, backend, nowMillis, news);
            if (origin == Issuer.Origin.PROBE) {
                issuer.origin = origin;
            }
        }
    }

    private Issuer add(AffinityKey name, @Nullable String backend, Issuer.Origin origin, long nowMillis) {
        if (known.size() >= MAX_ISSUERS) {
            removeOldest();
        }
        Known issuer = new Known(name, backend, origin, nowMillis);
        known.put(name, issuer);
        return issuer.issuer();
    }

    private void removeOldest() {
        Known oldest = null;
        for (Known issuer : known.values()) {
            if (oldest == null || issuer.lastSeenMillis < oldest.lastSeenMillis) {
                oldest = issuer;
            }
        }
        if (oldest != null) {
            known.remove(oldest.name);
        }
    }

    /** Forgets what is known of these backends, which are no longer there, and what has not been seen for a week. */
    public synchronized void retain(Set<String> backends, long nowMillis) {
        for (Iterator<Known> all = known.values().iterator(); all.hasNext(); ) {
            Known issuer = all.next();
            String backend = issuer.backend;
            if ((backend != null && !backends.contains(backend)) || nowMillis - issuer.lastSeenMillis >= TTL_MILLIS) {
                all.remove();
            }
        }
        candidates.values().removeIf(candidate -> !backends.contains(candidate.backend()));
    }

    /** All that is known, for people and for nodes that join. */
    public List<Issuer> issuers() {
        return known.values().stream().map(Known::issuer).toList();
    }
}
