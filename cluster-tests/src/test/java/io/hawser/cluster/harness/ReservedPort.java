package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * A port for a server that can't ask the kernel for one itself, or that must come back to the one it had.
 *
 * <p>The reservation is a bound socket that never listens: the kernel gives the port to nobody else, and lets servers
 * listen there that set SO_REUSEPORT. So no other process can come between, before the server starts or while it is down.
 */
public final class ReservedPort implements AutoCloseable {

    private final SocketChannel holder;
    private final InetSocketAddress address;

    private ReservedPort(SocketChannel holder, InetSocketAddress address) {
        this.holder = holder;
        this.address = address;
    }

    public static ReservedPort on(InetAddress host) throws IOException {
        SocketChannel holder = SocketChannel.open();
        holder.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        holder.bind(new InetSocketAddress(host, 0));
        return new ReservedPort(holder, (InetSocketAddress) holder.getLocalAddress());
    }

    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
