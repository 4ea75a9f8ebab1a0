package io.hawser.node.logging;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One client connection, from accept to end: what becomes a line of the access log.
 *
 * @param accepted when the client was accepted
 * @param connection its number within this node, the same as in {@code lbctl connections}
 * @param listener the listener's id
 * @param client the client's address and port; the one that a PROXY header named, where one was accepted
 * @param proxy the address and port of the peer that sent a PROXY header; null without one
 * @param tls what the ClientHello showed; null when none was read
 * @param choice which backend was chosen; null when it did not come to that
 * @param bytesIn bytes relayed from client to backend
 * @param bytesOut bytes relayed from backend to client
 * @param helloNanos from accept to the whole ClientHello; -1 when there was none
 * @param connectNanos from the first connect attempt to an established connection, retries included; -1 without one
 * @param durationNanos from accept to the end of both sides
 * @param endedBy who ended it: {@code client}, {@code backend} or {@code node}
 * @param ending how it ended: a label of the code, in kebab-case, the same as the metrics' {@code reason} for errors
 */
public record AccessRecord(
        Instant accepted,
        long connection,
        String listener,
        String client,
        @Nullable String proxy,
        @Nullable Tls tls,
        @Nullable Choice choice,
        long bytesIn,
        long bytesOut,
        long helloNanos,
        long connectNanos,
        long durationNanos,
        String endedBy,
        String ending) {

    /**
     * What a ClientHello showed. All of it comes from the peer and is hostile until escaped.
     *
     * @param sni the server name asked for; null without one
     * @param alpn the protocols offered, joined by commas; null without any
     * @param version the newest version offered, {@code 1.2} or {@code 1.3}
     * @param ja4 the client's JA4 fingerprint
     * @param ech whether an encrypted ClientHello was offered
     */
    public record Tls(
            @Nullable String sni, @Nullable String alpn, @Nullable String version, @Nullable String ja4, boolean ech) {}

    /**
     * Which backend was chosen, and why.
     *
     * @param pool the pool's id
     * @param backend the backend's id; null when none could be chosen
     * @param reason why this one: the label of the selection's reason; null when none could be chosen
     * @param affinityKind the label of the key's kind that decided; null when none did
     * @param attempts connects tried, 1 or more once a backend was chosen
     */
    public record Choice(
            String pool,
            @Nullable String backend,
            @Nullable String reason,
            @Nullable String affinityKind,
            int attempts) {}
}
