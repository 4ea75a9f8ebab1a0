package io.hawser.node;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityPolicy;
import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.SessionOffer;
import io.hawser.config.DurationText;
import io.hawser.config.HawserConfig;
import io.hawser.config.ListenerConfig;
import io.hawser.config.RouteConfig;
import io.hawser.limit.AccessList;
import io.hawser.node.admin.ExplainQuery;
import io.hawser.node.admin.Explanation;
import io.hawser.node.pool.Pool;
import io.hawser.node.pool.PoolControl;
import io.hawser.route.HostPattern;
import io.hawser.route.Route;
import io.hawser.route.RouteTable;
import io.hawser.selection.Selection;
import io.hawser.selection.Selector;
import io.hawser.tls.ClientHello;
import io.hawser.tls.ClientHelloReader;
import io.hawser.tls.HelloResult;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says which backend a client would get now, and why, by the same rules as the data path; a balancer that goes in turn
 * gives its turn away by it, nothing else changes. One question; control loop.
 */
final class Explainer {

    private final HawserConfig config;
    private final Map<String, PoolControl> pools;
    private final RandomGenerator random;
    private final long nowMillis;
    private final List<String> steps = new ArrayList<>();

    /** @param nowMillis on the affinity tables' clock */
    Explainer(HawserConfig config, Map<String, PoolControl> pools, RandomGenerator random, long nowMillis) {
        this.config = config;
        this.pools = pools;
        this.random = random;
        this.nowMillis = nowMillis;
    }

    /** Null when there is no such listener. */
    @Nullable Explanation explain(ExplainQuery query) {
        for (ListenerConfig listener : config.listeners()) {
            if (listener.id().equals(query.listener())) {
                return explain(query, listener);
            }
        }
        return null;
    }

    private Explanation explain(ExplainQuery query, ListenerConfig listener) {
        if (!AccessList.of(listener.allow(), listener.deny()).permits(query.client())) {
            steps.add("listener " + listener.id() + " refuses " + query.client() + ", by its allow and deny");
            return new Explanation(listener.id(), null, null, "denied", steps);
        }
        steps.add("listener " + listener.id() + " takes clients from " + query.client());
        ClientHello hello = null;
        if (query.hello() != null && listener.protocol() == ListenerConfig.Protocol.TLS) {
            HelloResult read = new ClientHelloReader().read(Unpooled.wrappedBuffer(query.hello()));
            if (!(read instanceof HelloResult.Complete complete)) {
                return noHello(listener, read);
            }
            hello = complete.hello();
            steps.add(described(hello));
        }
        String serverName = query.serverName() == null && hello != null ? hello.serverName() : query.serverName();
        List<String> alpn = query.alpn().isEmpty() && hello != null ? hello.alpn() : query.alpn();
        return route(query, listener, hello, serverName, alpn);
    }

    private Explanation noHello(ListenerConfig listener, HelloResult read) {
        String reason;
        if (read instanceof HelloResult.Malformed malformed) {
            steps.add("the hello is malformed: " + malformed.what());
            reason = "hello-malformed";
        } else if (read instanceof HelloResult.NotTls) {
            steps.add("the bytes given are no TLS handshake");
            reason = "not-tls";
        } else if (read instanceof HelloResult.TooLarge) {
            steps.add("the hello is too large");
            reason = "hello-too-large";
        } else {
            steps.add("the hello is not whole");
            reason = "hello-incomplete";
        }
        return new Explanation(listener.id(), null, null, reason, steps);
    }

    private static String described(ClientHello hello) {
        List<String> offers = new ArrayList<>();
        if (hello.offersPsk()) {
            offers.add(hello.pskIdentities().size() + " pre-shared keys");
        }
        if (hello.sessionTicket().length > 0) {
            offers.add("a session ticket");
        }
        if (hello.sessionId().length > 0) {
            offers.add("a session id");
        }
        return "the hello asks for " + (hello.serverName() == null ? "no name" : hello.serverName()) + " and offers "
                + (offers.isEmpty() ? "nothing to resume" : String.join(", ", offers));
    }

    private Explanation route(
            ExplainQuery query,
            ListenerConfig listener,
            @Nullable ClientHello hello,
            @Nullable String serverName,
            List<String> alpn) {
        List<Route<RouteConfig>> routes = new ArrayList<>();
        for (RouteConfig route : listener.routes()) {
            routes.add(new Route<>(route.sni().stream().map(HostPattern::parse).toList(), route.alpn(), route));
        }
        Route<RouteConfig> route = new RouteTable<>(routes).match(serverName, alpn);
        String asked = (serverName == null ? "no SNI" : "SNI " + serverName)
                + (alpn.isEmpty() ? "" : " with ALPN " + String.join(", ", alpn));
        if (route == null) {
            steps.add("no route of listener " + listener.id() + " matches " + asked);
            return new Explanation(listener.id(), null, null, "no-route", steps);
        }
        String pool = route.target().pool();
        steps.add("route " + (routes.indexOf(route) + 1) + " of listener " + listener.id() + " takes " + asked
                + " to pool " + pool);
        PoolControl control = pools.get(pool);
        if (control == null) {
            throw new IllegalStateException("listener " + listener.id() + " routes to no pool: " + pool);
        }
        return choose(query, listener, hello, control.pool());
    }

    private Explanation choose(ExplainQuery query, ListenerConfig listener, @Nullable ClientHello hello, Pool pool) {
        Pool.State state = pool.state();
        AffinityPolicy policy = state.settings().affinity();
        SessionOffer offer =
                hello != null && policy.bySession() ? SessionOffer.of(hello, policy.echPublicNames()) : null;
        AffinityKey clientKey = policy.clientKey(query.client());
        List<AffinityKey> keys = policy.keys(offer, clientKey, pool.issuers(), nowMillis);
        if (keys.isEmpty()) {
            steps.add(
                    policy.by().isEmpty()
                            ? "pool " + pool.id() + " ties no client to a backend"
                            : "the client shows no key that pool " + pool.id() + " goes by");
        }
        keys.forEach(key -> steps.add(known(pool, key)));
        Selection selection =
                Selector.select(state.view(), pool.affinity(), keys, clientKey.hash(), List.of(), random, nowMillis);
        if (selection instanceof Selection.Refused refused) {
            steps.add(
                    switch (refused.cause()) {
                        case NO_BACKEND -> "no backend of pool " + pool.id() + " takes new sessions";
                        case POOL_FULL -> "every backend of pool " + pool.id() + " is full";
                        case ALL_TRIED -> "every backend of pool " + pool.id() + " was tried";
                    });
            return new Explanation(
                    listener.id(), pool.id(), null, refused.cause().label(), steps);
        }
        Selection.Chosen chosen = (Selection.Chosen) selection;
        steps.add(why(pool, chosen));
        return new Explanation(
                listener.id(),
                pool.id(),
                chosen.backend().backend().id(),
                chosen.reason().label(),
                steps);
    }

    private String known(Pool pool, AffinityKey key) {
        AffinityTable.Entry entry = pool.affinity().lookUp(key, nowMillis);
        String what = key.kind().label() + " " + key.text();
        return entry == null
                ? what + " is unknown"
                : what + " is tied to " + entry.backend() + ", last used "
                        + DurationText.format(
                                Duration.ofSeconds(Math.max(0, nowMillis - entry.lastUsedMillis()) / 1000))
                        + " ago";
    }

    private static String why(Pool pool, Selection.Chosen chosen) {
        String backend = chosen.backend().backend().id();
        String balancer = pool.state().settings().balance().label();
        AffinityKey key = chosen.key();
        String kind = key == null ? "" : key.kind().label();
        return switch (chosen.reason()) {
            case AFFINITY -> kind + " decides: " + backend;
            case BALANCER -> "nothing ties the client, so " + balancer + " chooses " + backend;
            case MOVED ->
                kind + " is tied to " + chosen.tiedTo() + ", which can't be used: the session moves to " + backend;
            case OVERFLOW ->
                kind + " is tied to " + chosen.tiedTo() + ", which is full: this connection goes to " + backend;
            case FAIL_OPEN ->
                "all backends of pool " + pool.id() + " look down, so all are tried: " + balancer + " chooses "
                        + backend;
        };
    }
}
