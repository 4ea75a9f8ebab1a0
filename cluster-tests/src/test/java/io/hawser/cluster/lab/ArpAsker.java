package io.hawser.cluster.lab;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.hawser.net.IpAddress;
import io.hawser.vip.ArpPacket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks on the link for an address over and over, by packets of its own: what any host's kernel knows of its neighbours
 * stays as it is. The {@link ArpObserver} hears the answers.
 */
public final class ArpAsker implements AutoCloseable {

    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int ETH_P_ARP = 0x0806;
    private static final byte[] EVERYBODY = {-1, -1, -1, -1, -1, -1};

    private final ScheduledExecutorService thread;
    private final LibC libc;
    private final int socket;

    /** The C library; see packet(7). */
    private interface LibC extends Library {
        int socket(int domain, int type, int protocol) throws LastErrorException;

        NativeLong sendto(int socket, byte[] packet, NativeLong length, int flags, byte[] address, int addressLength)
                throws LastErrorException;

        int close(int descriptor) throws LastErrorException;
    }

    private ArpAsker(LibC libc, int socket, ScheduledExecutorService thread) {
        this.libc = libc;
        this.socket = socket;
        this.thread = thread;
    }

    /** Begins to ask, from that host. */
    public static ArpAsker on(Host host, String wanted, Duration every) throws Exception {
        return host.call(() -> {
            NetworkInterface link = NetworkInterface.getByName("eth0");
            byte[] packet = ArpPacket.request(link.getHardwareAddress(), address(host.address()), address(wanted));
            byte[] to = ByteBuffer.allocate(20)
                    .order(ByteOrder.nativeOrder())
                    .putShort((short) AF_PACKET)
                    .put(new byte[] {(byte) (ETH_P_ARP >> 8), (byte) ETH_P_ARP})
                    .putInt(link.getIndex())
                    .putShort((short) 0)
                    .put((byte) 0)
                    .put((byte) EVERYBODY.length)
                    .put(EVERYBODY)
                    .array();
            LibC libc = Native.load("c", LibC.class);
            // Of no protocol: it sends, and receives nothing.
            int socket = libc.socket(AF_PACKET, SOCK_DGRAM, 0);
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
            var unused = thread.scheduleAtFixedRate(
                    () -> {
                        var unusedLength = libc.sendto(socket, packet, new NativeLong(packet.length), 0, to, to.length);
                    },
                    0,
                    every.toMillis(),
                    TimeUnit.MILLISECONDS);
            return new ArpAsker(libc, socket, thread);
        });
    }

    private static IpAddress address(String literal) throws UnknownHostException {
        return IpAddress.of(InetAddress.getByName(literal));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        var unusedZero = libc.close(socket);
    }
}
