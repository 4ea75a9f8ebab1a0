package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address at which nobody answers: not even a refusal comes back. Its accept queue is full, so that the kernel drops
 * every handshake, as a firewall on the way might.
 */
public final class SilentListener implements Backend, AutoCloseable {

    private static final int MAX_FILLERS = 64;

    private final String id;
    private final ServerSocket listening;
    private final List<Socket> fillers = new ArrayList<>();

    private SilentListener(String id, ServerSocket listening) {
        this.id = id;
        this.listening = listening;
    }

    public static SilentListener open(String id) throws IOException {
        ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SilentListener silent = new SilentListener(id, listening);
        while (silent.fillers.size() < MAX_FILLERS) {
            Socket filler = new Socket();
            silent.fillers.add(filler);
            try {
                filler.connect(listening.getLocalSocketAddress(), 300);
            } catch (SocketTimeoutException e) {
                return silent;
            }
        }
        throw new IOException("the kernel's queue does not fill");
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        for (Socket filler : fillers) {
            filler.close();
        }
        listening.close();
    }
}
