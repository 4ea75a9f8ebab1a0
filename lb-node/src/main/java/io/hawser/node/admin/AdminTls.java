package io.hawser.node.admin;

import io.hawser.node.identity.Identity;
import io.hawser.node.identity.KeptIdentity;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;

/** TLS for the admin server's connections; those that are open keep the certificate that they began with. */
final class AdminTls {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final long handshakeMillis;
    private volatile SslContext context;

    AdminTls(KeptIdentity identity, long handshakeMillis) {
        this.handshakeMillis = handshakeMillis;
        this.context = context(identity.current());
        identity.onRenewed(next -> context = context(next));
    }

    private static SslContext context(Identity identity) {
        return new JdkSslContext(
                identity.newContext(),
                false,
                null,
                IdentityCipherSuiteFilter.INSTANCE,
                ApplicationProtocolConfig.DISABLED,
                ClientAuth.NONE,
                PROTOCOLS,
                false);
    }

    ChannelHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeMillis);
        return handler;
    }
}
