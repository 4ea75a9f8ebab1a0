package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.hawser.net.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sends packets whose IP header we write (raw(7)); the kernel finds the way. Needs CAP_NET_RAW. */
final class RawIpSocket implements AutoCloseable {

    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int IPPROTO_RAW = 255;

    private final Libc libc;
    private final boolean v4;
    private final int socket;

    RawIpSocket(Libc libc, boolean v4) {
        this.libc = libc;
        this.v4 = v4;
        try {
            this.socket = libc.socket(
                    v4 ? AF_INET : AF_INET6, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
        } catch (LastErrorException e) {
            throw new VipException(
                    "cannot tell clients that their connections are gone: " + e.getMessage() + "; it needs CAP_NET_RAW",
                    e);
        }
    }

    /** Whether it could be sent; if not, the kernel doesn't take it now, or knows no way. */
    boolean send(IpAddress to, byte[] packet) {
        ByteBuffer address = ByteBuffer.allocate(v4 ? 16 : 28).order(ByteOrder.nativeOrder());
        address.putShort(v4 ? AF_INET : AF_INET6).position(v4 ? 4 : 8);
        address.put(to.toBytes());
        try {
            libc.sendto(socket, packet, new NativeLong(packet.length), 0, address.array(), address.capacity());
            return true;
        } catch (LastErrorException e) {
            return false;
        }
    }

    @Override
    public void close() {
        libc.close(socket);
    }
}
