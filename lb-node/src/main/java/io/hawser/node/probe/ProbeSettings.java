package io.hawser.node.probe;

import io.hawser.net.HostName;
import io.hawser.proxyprotocol.ProxyHeader;
import io.hawser.proxyprotocol.ProxyHeaderWriter;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the backends of a pool are probed.
 *
 * @param check what a probe must get done
 * @param timeout for a whole probe, from its start until its connection is closed; above 0, at most a day
 * @param serverName the name asked for by SNI (RFC 6066, section 3) and in {@code Host}, and that a verified
 *     certificate must be valid for; null: no SNI, and the backend's address in the two other places
 * @param path what HTTP and HTTPS get: printable ASCII that begins with a slash
 * @param statusFrom lowest HTTP status that passes, 100 to 599
 * @param statusTo highest HTTP status that passes, from {@code statusFrom} to 599
 * @param trust which certificates TLS and HTTPS accept
 * @param proxyHeader what a probe sends before all else: backends that expect a header take no connection without one
 */
public record ProbeSettings(
        Check check,
        Duration timeout,
        @Nullable String serverName,
        String path,
        int statusFrom,
        int statusTo,
        PeerTrust trust,
        ProxyHeaderVersion proxyHeader) {
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

    public ProbeSettings {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("a probe's timeout must be above 0 and at most a day, not " + timeout);
        }
        if (serverName != null) {
            requireServerName(serverName);
        }
        if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("a probe's path must be printable ASCII that begins with '/'");
        }
        if (statusFrom < 100 || statusTo > 599 || statusFrom > statusTo) {
            throw new IllegalArgumentException(
                    "expected status must be a range within 100-599, not " + statusFrom + "-" + statusTo);
        }
    }

    /** Settings with everything but the check and the timeout at its default. */
    public static ProbeSettings of(Check check, Duration timeout) {
        return new ProbeSettings(check, timeout, null, "/", 200, 399, PeerTrust.anyone(), ProxyHeaderVersion.NONE);
    }

    boolean expects(int status) {
        return status >= statusFrom && status <= statusTo;
    }

    /** The expected status as it is written in a configuration. */
    String expectation() {
        return statusFrom == statusTo ? String.valueOf(statusFrom) : statusFrom + "-" + statusTo;
    }

    private static void requireServerName(String name) {
        // It goes into a request and into a handshake as it is.
        if (!name.equals(HostName.normalize(name))) {
            throw new IllegalArgumentException(
                    "a probe's server name must be in lower case, in ASCII and without a trailing dot, not '" + name
                            + "'");
        }
    }

    /** The PROXY protocol header that says that nobody's connection is carried: the node speaks for itself. */
    public enum ProxyHeaderVersion {
        NONE,
        /** {@code PROXY UNKNOWN} (PROXY protocol, section 2.1). */
        V1,
        /** The command LOCAL (section 2.2). */
        V2;

        /** Appends it; nothing for {@code NONE}. */
        void writeTo(ByteBuf out) {
            switch (this) {
                case NONE -> {}
                case V1 -> ProxyHeaderWriter.writeV1(ProxyHeader.LOCAL, out);
                case V2 -> ProxyHeaderWriter.writeV2(ProxyHeader.LOCAL, out);
            }
        }
    }

    /** What a probe must get done. */
    public enum Check {
        /** A connection. */
        TCP(false, false),
        /** A TLS handshake. */
        TLS(true, false),
        /** An HTTP answer with an expected status. */
        HTTP(false, true),
        /** The same over TLS. */
        HTTPS(true, true);

        private final boolean tls;
        private final boolean http;

        Check(boolean tls, boolean http) {
            this.tls = tls;
            this.http = http;
        }

        public boolean usesTls() {
            return tls;
        }

        boolean usesHttp() {
            return http;
        }
    }
}
