package io.hawser.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** The server side of Java's own TLS, as a reader of hellos that shares nothing with ours. It needs no certificate. */
final class JavaServer {

    private static final SSLContext CONTEXT = context();

    private final List<String> hostNames = new ArrayList<>();
    private @Nullable List<String> protocols;

    private JavaServer() {}

    /** Gives the server the bytes; what it makes of them is then known. */
    static JavaServer receive(byte[] bytes) {
        JavaServer server = new JavaServer();
        server.handshake(bytes);
        return server;
    }

    /** The host names that it was asked for, as they were sent; empty too when it came to no such question. */
    List<String> hostNames() {
        return hostNames;
    }

    /** The protocols that it was offered; null when it came to no such question. */
    @Nullable List<String> protocols() {
        return protocols;
    }

    private void handshake(byte[] bytes) {
        SSLEngine engine = CONTEXT.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSNIMatchers(List.of(new NoteHostName()));
        engine.setSSLParameters(parameters);
        engine.setHandshakeApplicationProtocolSelector((sameEngine, offered) -> {
            protocols = List.copyOf(offered);
            return offered.get(0);
        });
        ByteBuffer received = ByteBuffer.wrap(bytes);
        ByteBuffer cleartext = ByteBuffer.allocate(1 << 16);
        try {
            while (received.hasRemaining()) {
                int before = received.remaining();
                engine.unwrap(received, cleartext);
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
                if (received.remaining() == before) {
                    return;
                }
            }
            engine.unwrap(received, cleartext);
        } catch (SSLException e) {
            // Without a certificate it gives up in the end, whatever it was sent; what counts is what it read before.
        }
    }

    private static SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private final class NoteHostName extends SNIMatcher {

        NoteHostName() {
            super(0);
        }

        @Override
        public boolean matches(SNIServerName name) {
            hostNames.add(((SNIHostName) name).getAsciiName());
            return true;
        }
    }
}
