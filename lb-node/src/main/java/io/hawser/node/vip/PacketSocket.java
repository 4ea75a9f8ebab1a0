package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends and receives what IP sockets can't, on one interface (packet(7)). Needs CAP_NET_RAW. */
final class PacketSocket implements AutoCloseable {

    static final int ARP = 0x0806;
    static final int IPV6 = 0x86dd;

    /**
     * Neighbour solicitations and advertisements, in BPF's code (Linux, networking/filter): whatever else comes over IPv6
     * would push them out of the socket's buffer.
     */
    private static final int[][] NEIGHBORS = {
        {0x30, 0, 0, 6},
        {0x15, 0, 4, 58},
        {0x30, 0, 0, 40},
        {0x15, 1, 0, 135},
        {0x15, 0, 1, 136},
        {0x06, 0, 0, 0xffff},
        {0x06, 0, 0, 0}
    };

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
        this(libc, protocol, interfaceIndex, patience, new int[0][]);
    }

    /** One that receives nothing but what neighbours ask each other, and answer, by IPv6. */
    static PacketSocket ofNeighbors(Libc libc, int interfaceIndex, Duration patience) {
        return new PacketSocket(libc, IPV6, interfaceIndex, patience, NEIGHBORS);
    }

    private PacketSocket(Libc libc, int protocol, int interfaceIndex, Duration patience, int[][] filter) {
        this.libc = libc;
        this.protocol = protocol;
        this.interfaceIndex = interfaceIndex;
        int opened = -1;
        try {
            // Nothing comes before it is bound to a protocol and an interface.
            opened = libc.socket(Libc.AF_PACKET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
            if (filter.length > 0) {
                attach(opened, filter);
            }
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

    private void attach(int opened, int[][] filter) {
        try (Memory program = new Memory(8L * filter.length)) {
            for (int i = 0; i < filter.length; i++) {
                program.setShort(8L * i, (short) filter[i][0]);
                program.setByte(8L * i + 2, (byte) filter[i][1]);
                program.setByte(8L * i + 3, (byte) filter[i][2]);
                program.setInt(8L * i + 4, filter[i][3]);
            }
            // struct sock_fprog: the length in the first two bytes, a pointer in the last eight.
            boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
            long length = little ? filter.length : (long) filter.length << 48;
            libc.setsockopt(
                    opened,
                    Libc.SOL_SOCKET,
                    Libc.SO_ATTACH_FILTER,
                    new long[] {length, Pointer.nativeValue(program)},
                    16);
        }
    }

    private static int swapped(int protocol) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? Short.toUnsignedInt(Short.reverseBytes((short) protocol))
                : protocol;
    }

    /** To everybody on the link. */
    void broadcast(byte[] packet) {
        send(packet, protocol == ARP ? BROADCAST : ALL_NODES);
    }

    /**
     * To some.
     *
     * @param mac six bytes
     */
    void send(byte[] packet, byte[] mac) {
        byte[] address = address(mac);
        try {
            libc.sendto(socket, packet, new NativeLong(packet.length), 0, address, address.length);
        } catch (LastErrorException e) {
            throw new VipException("cannot send on the link: " + e.getMessage(), e);
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
