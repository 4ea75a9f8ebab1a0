package io.hawser.node.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An address at which no connection can be had, and that nobody else gets meanwhile. */
final class Unreachable implements AutoCloseable {

    private static final int MAX_FILLERS = 64;
    private static final int FULL_MILLIS = 400;

    private final List<AutoCloseable> held = new ArrayList<>();
    private final InetSocketAddress address;

    private Unreachable(AutoCloseable holder, InetSocketAddress address) {
        this.address = address;
        held.add(holder);
    }

    /** Connects are refused: the port is bound, and nobody listens. */
    static Unreachable refusing() throws IOException {
        Socket bound = new Socket();
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new Unreachable(bound, (InetSocketAddress) bound.getLocalSocketAddress());
    }

    /** Connects get no answer: the accept queue is full, so that the kernel drops every handshake. */
    static Unreachable silent() throws IOException {
        ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Unreachable silent = new Unreachable(listening, (InetSocketAddress) listening.getLocalSocketAddress());
        while (silent.held.size() < MAX_FILLERS) {
            Socket filler = new Socket();
            silent.held.add(filler);
            try {
                filler.connect(silent.address, FULL_MILLIS);
            } catch (SocketTimeoutException e) {
                return silent;
            }
        }
        silent.close();
        throw new IOException("the kernel's queue does not fill");
    }

    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        for (AutoCloseable one : held) {
            try {
                one.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
