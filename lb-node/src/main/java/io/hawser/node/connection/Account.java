package io.hawser.node.connection;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.node.logging.AccessRecord;
import io.hawser.node.pool.Pool;
import io.hawser.selection.Selection;
import io.hawser.tls.ClientHello;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one connection: filled in as it goes along, read by the access log and by lbctl.
 *
 * <p>Belongs to the connection's event loop. Times are nanoseconds of the node's monotonic clock.
 */
final class Account {

    private final long number;
    private final long acceptedNanos;
    private IpAddress client;
    private int clientPort;
    private @Nullable String serverName;
    private @Nullable String alpn;
    private @Nullable String tlsVersion;
    private @Nullable String ja4;
    private boolean ech;
    private @Nullable String proxy;
    private long helloNanos = -1;
    private @Nullable Pool pool;
    private Selection.@Nullable Chosen chosen;
    private int attempts;
    private long connectStartedNanos;
    private long connectNanos = -1;
    private long lastActivityNanos;
    private long bytesFromClient;
    private long bytesFromBackend;

    Account(long number, long acceptedNanos, IpAddress client, int clientPort) {
        this.number = number;
        this.acceptedNanos = acceptedNanos;
        this.client = client;
        this.clientPort = clientPort;
    }

    /** The client that a PROXY header names. */
    void clientIs(IpAddress address, int port) {
        proxy = new Endpoint(client.toString(), clientPort).toString();
        client = address;
        clientPort = port;
    }

    /**
     * The hello is whole.
     *
     * @param fingerprint whether the JA4 fingerprint will be asked for: it costs two digests
     */
    void helloRead(ClientHello hello, boolean fingerprint, long nowNanos) {
        helloNanos = nowNanos - acceptedNanos;
        serverName = hello.serverName();
        alpn = hello.alpn().isEmpty() ? null : String.join(",", hello.alpn());
        tlsVersion = version(hello.highestVersion());
        ech = hello.offersEch();
        ja4 = fingerprint ? hello.ja4() : null;
    }

    void routed(Pool pool) {
        this.pool = pool;
    }

    void connecting(Selection.Chosen choice, long nowNanos) {
        chosen = choice;
        attempts++;
        if (attempts == 1) {
            connectStartedNanos = nowNanos;
        }
    }

    void connected(long nowNanos) {
        connectNanos = nowNanos - connectStartedNanos;
    }

    void active(long nowNanos) {
        lastActivityNanos = nowNanos;
    }

    void fromClient(int bytes) {
        bytesFromClient += bytes;
    }

    void fromBackend(int bytes) {
        bytesFromBackend += bytes;
    }

    long number() {
        return number;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    IpAddress client() {
        return client;
    }

    int clientPort() {
        return clientPort;
    }

    @Nullable String serverName() {
        return serverName;
    }

    @Nullable String alpn() {
        return alpn;
    }

    /** The newest TLS version that the client offers, such as {@code 1.3}. */
    @Nullable String tlsVersion() {
        return tlsVersion;
    }

    /** From accept to the hello's last byte; -1 while there is no hello. */
    long helloNanos() {
        return helloNanos;
    }

    @Nullable Pool pool() {
        return pool;
    }

    /** The choice of the last attempt. */
    Selection.@Nullable Chosen chosen() {
        return chosen;
    }

    /** Backends tried. */
    int attempts() {
        return attempts;
    }

    /** From the first attempt to connect until one succeeded; -1 when none did. */
    long connectNanos() {
        return connectNanos;
    }

    long lastActivityNanos() {
        return lastActivityNanos;
    }

    long bytesFromClient() {
        return bytesFromClient;
    }

    long bytesFromBackend() {
        return bytesFromBackend;
    }

    private static String version(int code) {
        return switch (code) {
            case 0x0304 -> "1.3";
            case 0x0303 -> "1.2";
            case 0x0302 -> "1.1";
            case 0x0301 -> "1.0";
            default -> String.format("0x%04x", code);
        };
    }

    /** The line of the access log. */
    AccessRecord record(String listener, Ending ending, Instant ended, long nowNanos) {
        Selection.Chosen choice = chosen;
        return new AccessRecord(
                ended.minusNanos(nowNanos - acceptedNanos),
                number,
                listener,
                new Endpoint(client.toString(), clientPort).toString(),
                proxy,
                helloNanos < 0 ? null : new AccessRecord.Tls(serverName, alpn, tlsVersion, ja4, ech),
                pool == null
                        ? null
                        : new AccessRecord.Choice(
                                pool.id(),
                                choice == null
                                        ? null
                                        : choice.backend().backend().id(),
                                choice == null ? null : choice.reason().label(),
                                choice == null || choice.key() == null
                                        ? null
                                        : choice.key().kind().label(),
                                attempts),
                bytesFromClient,
                bytesFromBackend,
                helloNanos,
                connectNanos,
                nowNanos - acceptedNanos,
                ending.by(),
                ending.label());
    }
}
