package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.hawser.net.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Adds, renews and removes addresses, in a single exchange with the kernel each (rtnetlink(7)). */
final class Rtnetlink implements AutoCloseable {

    private static final int NETLINK_ROUTE = 0;
    private static final short NLMSG_ERROR = 2;
    private static final short RTM_NEWADDR = 20;
    private static final short RTM_DELADDR = 21;
    private static final int NLM_F_REQUEST = 0x1;
    private static final int NLM_F_ACK = 0x4;
    private static final int NLM_F_REPLACE = 0x100;
    private static final int NLM_F_CREATE = 0x400;
    private static final short IFA_ADDRESS = 1;
    private static final short IFA_LOCAL = 2;
    private static final short IFA_CACHEINFO = 6;
    private static final byte IFA_F_NODAD = 0x02;
    private static final byte AF_INET = 2;
    private static final byte AF_INET6 = 10;
    private static final int HEADER = 16;
    private static final int EADDRNOTAVAIL = 99;
    private static final int ENODEV = 19;

    private final Libc libc;
    private final int socket;
    private int sequence;

    Rtnetlink(Libc libc) {
        this.libc = libc;
        try {
            this.socket = libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_ROUTE);
        } catch (LastErrorException e) {
            throw new VipException("cannot speak to the kernel by netlink: " + e.getMessage(), e);
        }
    }

    /**
     * Has an address kept for so long from now on, whether it is there or not.
     *
     * @return 0, or errno
     */
    int keep(IpAddress address, int length, int interfaceIndex, int seconds) {
        ByteBuffer message = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, address, length, interfaceIndex);
        // An IPv6 address that is not preferred is never chosen as the source of a connection to a backend.
        int preferred = address.isV4() ? seconds : 0;
        message.putShort((short) 20).putShort(IFA_CACHEINFO).putInt(preferred).putInt(seconds);
        return exchange(message.putLong(0));
    }

    /**
     * Removes an address.
     *
     * @return 0, also when it isn't there, or errno
     */
    int remove(IpAddress address, int length, int interfaceIndex) {
        int error = exchange(begin(RTM_DELADDR, 0, address, length, interfaceIndex));
        return error == EADDRNOTAVAIL || error == ENODEV ? 0 : error;
    }

    private ByteBuffer begin(short type, int flags, IpAddress address, int length, int interfaceIndex) {
        ByteBuffer message = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());
        sequence++;
        message.putInt(0)
                .putShort(type)
                .putShort((short) (NLM_F_REQUEST | NLM_F_ACK | flags))
                .putInt(sequence)
                .putInt(0);
        message.put(address.isV4() ? AF_INET : AF_INET6)
                .put((byte) length)
                .put(address.isV4() ? 0 : IFA_F_NODAD)
                .put((byte) 0)
                .putInt(interfaceIndex);
        byte[] bytes = address.toBytes();
        for (short attribute : new short[] {IFA_LOCAL, IFA_ADDRESS}) {
            message.putShort((short) (4 + bytes.length)).putShort(attribute).put(bytes);
        }
        return message;
    }

    private int exchange(ByteBuffer message) {
        message.putInt(0, message.position());
        byte[] request = new byte[message.position()];
        message.get(0, request);
        byte[] answer = new byte[4096];
        try {
            libc.sendto(
                    socket,
                    request,
                    new NativeLong(request.length),
                    0,
                    new byte[] {Libc.AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                    12);
            while (true) {
                int received = libc.recv(socket, answer, new NativeLong(answer.length), 0)
                        .intValue();
                ByteBuffer read = ByteBuffer.wrap(answer, 0, received).order(ByteOrder.nativeOrder());
                if (received >= HEADER + 4 && read.getShort(4) == NLMSG_ERROR && read.getInt(8) == sequence) {
                    return -read.getInt(HEADER);
                }
            }
        } catch (LastErrorException e) {
            throw new VipException("the kernel does not answer by netlink: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        libc.close(socket);
    }
}
