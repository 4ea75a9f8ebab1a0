package io.hawser.node.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/**
 * The addresses of one demonstration: a network of the loopback's, which on Linux has all of 127.0.0.0/8, so that every
 * host has an address of its own, and the ports are the usual ones.
 *
 * @param second the second number of its addresses
 * @param third the third
 */
record DemoNetwork(int second, int third) {

    /** Where clients connect. */
    static final int HTTPS_PORT = 8443;

    static final int ADMIN_PORT = 9900;
    static final int BACKEND_PORT = 9443;
    static final int ZOOKEEPER_PORT = 2181;

    private static final int ATTEMPTS = 20;

    /**
     * A network in which nobody is.
     *
     * @throws IOException when there is none: the loopback has one address only, or all are taken
     */
    static DemoNetwork choose(RandomGenerator random) throws IOException {
        IOException last = new IOException("no attempt was made");
        for (int i = 0; i < ATTEMPTS; i++) {
            DemoNetwork network = new DemoNetwork(random.nextInt(64, 240), random.nextInt(1, 255));
            try (ServerSocket vip = new ServerSocket();
                    ServerSocket zooKeeper = new ServerSocket()) {
                vip.bind(network.vip());
                zooKeeper.bind(network.zooKeeper());
                return network;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException(
                "cannot listen on addresses such as 127.77.1.100, which are the loopback's on Linux", last);
    }

    InetAddress node(int number) {
        return address(second, third, number);
    }

    InetSocketAddress admin(int node) {
        return new InetSocketAddress(node(node), ADMIN_PORT);
    }

    InetSocketAddress vip() {
        return new InetSocketAddress(address(second, third, 100), HTTPS_PORT);
    }

    InetSocketAddress zooKeeper() {
        return new InetSocketAddress(address(second, third, 99), ZOOKEEPER_PORT);
    }

    InetSocketAddress backend(int number) {
        return new InetSocketAddress(address(second, third, 200 + number), BACKEND_PORT);
    }

    /** A client that keeps its address. */
    InetAddress resident(int number) {
        return address(250, third, number);
    }

    /** A client that comes from anywhere: nothing but its session tells who it is. */
    InetAddress roaming(RandomGenerator random) {
        return address(251, random.nextInt(1, 255), random.nextInt(1, 255));
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private static InetAddress address(int second, int third, int fourth) {
        try {
            return InetAddress.getByAddress(new byte[] {127, (byte) second, (byte) third, (byte) fourth});
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }
}
