package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends and receives what IP sockets can't, on one interface (packet(7)). Needs CAP_NET_RAW. */
final class PacketSocket implements AutoCloseable {

    static final int ARP = 0x0806;
    static final int IPV6 = 0x86dd;

    private static final int EAGAIN = 11;
    private static final int EINTR = 4;
    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    private static final byte[] ALL_NODES = {0x33, 0x33, 0, 0, 0, 1};

    private final Libc libc;
    private final int protocol;
    private final int interfaceIndex;
    private final int socket;

    /**
     * @param protocol {@link #ARP} or {@link #IPV6}
     * @param patience how long {@link #receive} waits
     */
    PacketSocket(Libc libc, int protocol, int interfaceIndex, Duration patience) {
        this.libc = libc;
        this.protocol = protocol;
        this.interfaceIndex = interfaceIndex;
        int opened = -1;
        try {
            opened = libc.socket(Libc.AF_PACKET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, swapped(protocol));
            byte[] address = address(new byte[6]);
            libc.bind(opened, address, address.length);
            long[] timeout = {patience.toSeconds(), patience.toNanosPart() / 1000};
            libc.setsockopt(opened, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout, 16);
        } catch (LastErrorException e) {
            if (opened >= 0) {
                libc.close(opened);
            }
            throw new VipException(
                    "cannot send on the link, to announce VIPs: " + e.getMessage() + "; it needs CAP_NET_RAW", e);
        }
        this.socket = opened;
    }

    private static int swapped(int protocol) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? Short.toUnsignedInt(Short.reverseBytes((short) protocol))
                : protocol;
    }

    /** To everybody on the link. */
    void broadcast(byte[] packet) {
        byte[] address = address(protocol == ARP ? BROADCAST : ALL_NODES);
        try {
            libc.sendto(socket, packet, new NativeLong(packet.length), 0, address, address.length);
        } catch (LastErrorException e) {
            throw new VipException("cannot announce on the link: " + e.getMessage(), e);
        }
    }

    /** The next packet of the protocol's; null when none comes for a while. */
    @Nullable ByteBuffer receive() {
        byte[] bytes = new byte[2048];
        try {
            int received =
                    libc.recv(socket, bytes, new NativeLong(bytes.length), 0).intValue();
            return ByteBuffer.wrap(bytes, 0, received);
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EAGAIN || e.getErrorCode() == EINTR) {
                return null;
            }
            throw new VipException("cannot receive from the link: " + e.getMessage(), e);
        }
    }

    private byte[] address(byte[] mac) {
        return ByteBuffer.allocate(20)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Libc.AF_PACKET)
                .putShort((short) swapped(protocol))
                .putInt(interfaceIndex)
                .putShort((short) 0)
                .put((byte) 0)
                .put((byte) mac.length)
                .put(mac)
                .array();
    }

    @Override
    public void close() {
        libc.close(socket);
    }
}
