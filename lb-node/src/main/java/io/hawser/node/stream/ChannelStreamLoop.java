package io.hawser.node.stream;

import io.hawser.node.transport.Transport;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;

/** An event loop of any of Netty's transports, whose streams are Netty's channels. */
final class ChannelStreamLoop extends StreamLoop {

    private final Transport transport;

    ChannelStreamLoop(Transport transport, IoEventLoop eventLoop) {
        super(eventLoop);
        this.transport = transport;
    }

    @Override
    public ListenSocket listen(InetSocketAddress address, ListenOptions options, AcceptHandler handler)
            throws IOException {
        return ChannelListenSocket.bind(transport, eventLoop(), address, options, handler);
    }

    @Override
    public void requireFree(InetSocketAddress address, boolean floating) throws IOException {
        ChannelListenSocket.requireFree(transport, eventLoop(), address, floating);
    }

    @Override
    public Stream newStream(boolean ipv6) throws IOException {
        return new ChannelStream(eventLoop(), ChannelListenSocket.newChannel(transport.channel()));
    }
}
