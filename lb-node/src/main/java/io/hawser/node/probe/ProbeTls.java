package io.hawser.node.probe;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;

/** The client's side of TLS for probes: the JDK's, with the versions and ciphers that the JDK allows. */
final class ProbeTls {
    private ProbeTls() {}

    /**
     * An engine for one connection.
     *
     * <p>Its context is new: the JDK keeps sessions in the context by host and port, and would try to resume on one
     * backend what another one of the same name began.
     *
     * @throws GeneralSecurityException if the JDK has no TLS
     */
    static SSLEngine newEngine(InetSocketAddress address, ProbeSettings settings) throws GeneralSecurityException {
        return newEngine(newContext(settings), address, settings);
    }

    /** A client without any sessions yet. */
    static SSLContext newContext(ProbeSettings settings) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, settings.trust().trustManagers(), null);
        return context;
    }

    /** An engine for the next connection of one client, which resumes its session if it has one. */
    static SSLEngine newEngine(SSLContext context, InetSocketAddress address, ProbeSettings settings) {
        String name = settings.serverName();
        // The host here is what certificates are compared with; an address is compared with theirs (RFC 9525, 6.4).
        String host = name == null ? NetUtil.toAddressString(address.getAddress()) : name;
        SSLEngine engine = context.createSSLEngine(host, address.getPort());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(name == null ? List.of() : List.of(new ServerName(name)));
        if (settings.check().usesHttp()) {
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
        }
        if (settings.trust().verifies()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** A name as SNI carries it; the JDK's own class for it refuses underscores, which names in use have. */
    private static final class ServerName extends SNIServerName {
        ServerName(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
