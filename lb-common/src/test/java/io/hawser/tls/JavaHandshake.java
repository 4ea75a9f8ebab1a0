package io.hawser.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Real handshakes of Java's TLS with itself, in memory, with every byte that both sides sent. */
public final class JavaHandshake {

    private static final char[] PASSWORD = "changeit".toCharArray();

    public final byte[] fromClient;
    public final byte[] fromServer;

    private JavaHandshake(byte[] fromClient, byte[] fromServer) {
        this.fromClient = fromClient;
        this.fromServer = fromServer;
    }

    /** A context with a certificate and a session cache of its own; as client it trusts everybody. */
    public static SSLContext context() {
        try (InputStream in = JavaHandshake.class.getResourceAsStream("localhost.p12")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new TrustEverybody()}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Handshakes and passes some data, so that tickets reach the client: the next time it resumes. */
    public static JavaHandshake of(SSLContext clients, SSLContext servers, String... protocols) throws SSLException {
        SSLEngine client = clients.createSSLEngine("localhost", 443);
        client.setUseClientMode(true);
        client.setEnabledProtocols(protocols);
        SSLEngine server = servers.createSSLEngine();
        server.setUseClientMode(false);
        ByteArrayOutputStream fromClient = new ByteArrayOutputStream();
        ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
        ByteBuffer toServer = ByteBuffer.allocate(256 * 1024);
        ByteBuffer toClient = ByteBuffer.allocate(256 * 1024);
        for (int round = 0; round < 20; round++) {
            pass(client, server, toServer, fromClient);
            pass(server, client, toClient, fromServer);
        }
        if (client.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            throw new IllegalStateException("the handshake did not end: " + client.getHandshakeStatus());
        }
        return new JavaHandshake(fromClient.toByteArray(), fromServer.toByteArray());
    }

    /** Lets one side send what it has, and the other take what it will of what is under way. */
    private static void pass(SSLEngine from, SSLEngine to, ByteBuffer underWay, ByteArrayOutputStream record)
            throws SSLException {
        boolean data = from.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        runTasks(from);
        int before = underWay.position();
        while (from.getHandshakeStatus() == HandshakeStatus.NEED_WRAP || data) {
            from.wrap(ByteBuffer.wrap(new byte[data ? 10 : 0]), underWay);
            runTasks(from);
            data = false;
        }
        byte[] sent = new byte[underWay.position() - before];
        underWay.get(before, sent);
        record.writeBytes(sent);
        underWay.flip();
        ByteBuffer received = ByteBuffer.allocate(64 * 1024);
        while (underWay.hasRemaining() && to.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
            to.unwrap(underWay, received.clear());
            runTasks(to);
        }
        underWay.compact();
    }

    private static void runTasks(SSLEngine engine) {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }

    private static final class TrustEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
