package io.hawser.node.probe;

import io.hawser.node.probe.ProbeSettings.Check;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shakes hands in memory before any probe does over the network. A process's first TLS handshake takes it a second and
 * more on a busy machine, to load and initialise classes; the first backend to be probed would seem to have been that
 * slow, and the first probe decides alone.
 *
 * <p>Safe from any thread.
 */
public final class TlsWarmUp {

    private static final Logger log = LoggerFactory.getLogger(TlsWarmUp.class);

    private static final ProbeSettings SETTINGS = new ProbeSettings(
            Check.HTTPS,
            Duration.ofSeconds(1),
            "warm-up.invalid",
            "/",
            200,
            399,
            PeerTrust.anyone(),
            ProbeSettings.ProxyHeaderVersion.NONE);

    private boolean done;

    /** Takes a second or so the first time, and no time later. */
    public synchronized void run() {
        if (done) {
            return;
        }
        done = true;
        try {
            SSLContext server = server();
            for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
                if (!shakesHands(server, version)) {
                    log.debug("warming up {} ended without a handshake", version);
                }
            }
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            // Probes work without it, if slower at first.
            log.warn("TLS could not be warmed up; the first probes may take longer", e);
        }
    }

    /** Whether client and server agree, each with all that a probe has, but for the network. */
    static boolean shakesHands(SSLContext context, String version) throws GeneralSecurityException {
        SSLEngine serving = context.createSSLEngine();
        serving.setUseClientMode(false);
        serving.setEnabledProtocols(new String[] {version});
        SslHandler clientTls = new SslHandler(
                ProbeTls.newEngine(new InetSocketAddress(InetAddress.getLoopbackAddress(), 443), SETTINGS));
        EmbeddedChannel server = new EmbeddedChannel(new SslHandler(serving));
        EmbeddedChannel client = new EmbeddedChannel(clientTls);
        try {
            do {
                pass(client, server);
                pass(server, client);
            } while (!client.outboundMessages().isEmpty());
            return clientTls.handshakeFuture().isSuccess();
        } finally {
            client.finishAndReleaseAll();
            server.finishAndReleaseAll();
        }
    }

    private static void pass(EmbeddedChannel from, EmbeddedChannel to) {
        for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            to.writeInbound(bytes);
        }
    }

    /** A server with a key and a certificate that nobody keeps. */
    static SSLContext server() throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        X509Certificate certificate = ThrowawayCertificate.of(keys, "CN=warm-up");
        char[] password = "of a store that never leaves memory".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", keys.getPrivate(), password, new X509Certificate[] {certificate});
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), null, null);
        return context;
    }
}
