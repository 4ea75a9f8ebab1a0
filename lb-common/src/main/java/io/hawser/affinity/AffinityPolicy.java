package io.hawser.affinity;

import io.hawser.net.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a pool ties its clients by.
 *
 * @param by the ways to know a client again, in the order in which they are tried; empty when none is used
 * @param v4Prefix bits of an IPv4 address that tell clients apart, 1 to 32
 * @param v6Prefix bits of an IPv6 address that tell clients apart, 1 to 128
 * @param echPublicNames server names, in lower case, behind which hellos are encrypted
 */
public record AffinityPolicy(List<By> by, int v4Prefix, int v6Prefix, Set<String> echPublicNames) {

    /** A way to know a client again. */
    public enum By {
        TLS_SESSION("tls-session"),
        CLIENT_IP("client-ip");

        private final String label;

        By(String label) {
            this.label = label;
        }

        /** The way as the configuration, the API and lbctl write it. */
        public String label() {
            return label;
        }
    }

    public AffinityPolicy {
        by = List.copyOf(by);
        echPublicNames = Set.copyOf(echPublicNames);
    }

    /** Whether TLS sessions tie clients: then hellos and the servers' answers are looked at for them. */
    public boolean bySession() {
        return by.contains(By.TLS_SESSION);
    }

    /** The key of the client's network: also what balancers hash, whether it ties the client or not. */
    public AffinityKey clientKey(IpAddress client) {
        return AffinityKeys.clientIp(client.prefix(v4Prefix, v6Prefix));
    }

    /**
     * The keys that a connection shows, the one to heed first first.
     *
     * @param offer what its hello offers to resume; null when there is no hello, or sessions tie nobody here
     * @param clientKey its {@link #clientKey}
     */
    public List<AffinityKey> keys(
            @Nullable SessionOffer offer, AffinityKey clientKey, IssuerTable issuers, long nowMillis) {
        if (!bySession()) {
            return by.isEmpty() ? List.of() : List.of(clientKey);
        }
        List<AffinityKey> keys = new ArrayList<>(4);
        for (int i = 0; i < by.size(); i++) {
            if (by.get(i) == By.CLIENT_IP) {
                keys.add(clientKey);
            } else if (offer != null) {
                offer.addKeys(issuers, nowMillis, keys);
            }
        }
        return keys;
    }
}
