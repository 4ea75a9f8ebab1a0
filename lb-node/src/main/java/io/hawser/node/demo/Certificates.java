package io.hawser.node.demo;

import io.hawser.node.probe.ThrowawayCertificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** One certificate for all backends, made at the start, and clients that trust it and no other. */
final class Certificates {

    /** The name that clients ask for. */
    static final String NAME = "demo.hawser.test";

    private static final String TICKETS_OF_CLIENTS = "jdk.tls.client.enableSessionTicketExtension";

    private final KeyManager[] keys;
    private final TrustManager[] trust;

    private Certificates(KeyManager[] keys, TrustManager[] trust) {
        this.keys = keys;
        this.trust = trust;
    }

    static Certificates make() throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        X509Certificate certificate = ThrowawayCertificate.of(pair, "CN=" + NAME);

        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("demo", pair.getPrivate(), new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);

        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("demo", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return new Certificates(keys.getKeyManagers(), trust.getTrustManagers());
    }

    /** A server's: with sessions and ticket keys that no other server has. */
    SSLContext server() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, null, null);
        return context;
    }

    /**
     * A client's: with sessions that no other client has.
     *
     * @param tickets whether it takes session tickets in TLS 1.2; without, it has session ids
     */
    SSLContext client(boolean tickets) throws GeneralSecurityException {
        // The JDK reads it whenever it makes a context, and has no other way to say it.
        System.setProperty(TICKETS_OF_CLIENTS, Boolean.toString(tickets));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust, null);
            return context;
        } finally {
            System.clearProperty(TICKETS_OF_CLIENTS);
        }
    }
}
