package io.hawser.node.vip;

import io.hawser.net.IpAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * VIPs that every node could listen on, such as addresses of the loopback, and the owner alone does. Needs no privilege.
 *
 * <p>The kernel knows of no lease here: what a stopped process listens on stays bound. Nobody else can bind it then, so
 * that there are never two owners, but nobody takes over either.
 */
public final class BindVipDriver implements VipDriver {

    private static final int CONNECT_TIMEOUT_MILLIS = 100;

    private final Sockets sockets;
    private final Map<String, List<InetSocketAddress>> ports;
    private final Set<String> held = new HashSet<>();

    /** Opens and closes what listens on a VIP. */
    public interface Sockets {

        /**
         * Has listeners listen on it.
         *
         * @throws IOException saying what is in the way
         */
        void open(Vip vip) throws IOException;

        /** Has nothing listen on it any more; when this returns, nothing does. */
        void close(Vip vip) throws IOException;
    }

    /**
     * Makes it.
     *
     * @param ports by VIP, where its owner listens
     */
    public BindVipDriver(Sockets sockets, Map<String, List<InetSocketAddress>> ports) {
        this.sockets = sockets;
        this.ports = Map.copyOf(ports);
    }

    @Override
    public boolean hold(Vip vip, int lifetimeSeconds, long notAfterNanos) {
        if (System.nanoTime() - notAfterNanos >= 0) {
            return false;
        }
        if (!held.contains(vip.id())) {
            try {
                sockets.open(vip);
            } catch (IOException e) {
                throw new VipException("vip " + vip.id() + ": " + e.getMessage(), e);
            }
            held.add(vip.id());
        }
        return true;
    }

    @Override
    public void drop(Vip vip) {
        try {
            sockets.close(vip);
        } catch (IOException e) {
            throw new VipException("vip " + vip.id() + ": " + e.getMessage(), e);
        }
        held.remove(vip.id());
    }

    /** Connections that are open stay where they are, whoever listens: there is nothing to hand over. */
    @Override
    public void retire(Vip vip, int seconds) {
        drop(vip);
    }

    @Override
    public void finish(Vip vip) {}

    /** Nobody needs to be told. */
    @Override
    public void announce(Vip vip, long notAfterNanos) {}

    /** A process that is dead listens nowhere. */
    @Override
    public boolean answersOnlyForItself(Vip vip, IpAddress host) {
        List<InetSocketAddress> addresses = ports.getOrDefault(vip.id(), List.of());
        return !addresses.isEmpty() && addresses.stream().allMatch(BindVipDriver::isRefused);
    }

    private static boolean isRefused(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_TIMEOUT_MILLIS);
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {}
}
