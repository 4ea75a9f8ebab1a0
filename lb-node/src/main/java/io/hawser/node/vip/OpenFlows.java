package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.hawser.net.IpAddress;
import io.hawser.vip.Flow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks the kernel which connections are open over a VIP (sock_diag(7)): it also knows of those that nobody has accepted
 * yet, and asking it costs the event loops nothing. For one thread.
 */
final class OpenFlows implements AutoCloseable {

    private static final int NETLINK_SOCK_DIAG = 4;
    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short SOCK_DESTROY = 21;
    private static final short NLM_F_REQUEST_AND_ACK = 0x5;
    private static final short NLM_F_REQUEST_AND_DUMP = 0x301;
    private static final short NLMSG_ERROR = 2;
    private static final short NLMSG_DONE = 3;
    private static final short INET_DIAG_REQ_BYTECODE = 1;
    private static final byte INET_DIAG_BC_S_COND = 7;
    private static final byte AF_INET = 2;
    private static final byte AF_INET6 = 10;
    private static final byte TCP = 6;
    /** All but those that listen, are half open or have both ends closed: tcp_states.h. */
    private static final int OPEN = (1 << 1) | (1 << 4) | (1 << 5) | (1 << 8) | (1 << 9) | (1 << 11);

    private static final int HEADER = 16;
    private static final int ANSWER = 72;
    /** Of a socket, with a cookie that no other has. */
    private static final int ID = 48;

    private static final int EOPNOTSUPP = 95;
    private static final int EBADMSG = 74;
    private static final int MORE = -1;

    private final Libc libc;
    private final int socket;
    private final byte[] buffer = new byte[32 * 1024];
    private int sequence;

    OpenFlows(Libc libc) {
        this.libc = libc;
        try {
            this.socket = libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        } catch (LastErrorException e) {
            throw new VipException("cannot ask the kernel for open connections: " + e.getMessage(), e);
        }
    }

    /**
     * Those that clients have open over the VIP.
     *
     * @throws VipException when the kernel doesn't say
     */
    Set<Flow> over(IpAddress vip) {
        Set<Flow> flows = new HashSet<>();
        dump(vip, (family, at) -> flows.add(flow(at, family, vip)));
        return flows;
    }

    /**
     * Resets them: their clients and this process see that they are gone.
     *
     * @return how many there were
     * @throws VipException when the kernel can't do that
     */
    int reset(IpAddress vip) {
        List<ByteBuffer> requests = new ArrayList<>();
        dump(vip, (family, at) -> {
            ByteBuffer request = begin(SOCK_DESTROY, NLM_F_REQUEST_AND_ACK, family);
            requests.add(request.put(buffer, at + 4, ID));
        });
        for (ByteBuffer request : requests) {
            // Any other error means that it has just ended by itself.
            if (exchange(request, (family, at) -> {}) == EOPNOTSUPP) {
                throw new VipException(
                        "the kernel can't reset connections, which get stuck; it needs CONFIG_INET_DIAG_DESTROY");
            }
        }
        return requests.size();
    }

    /** What is done with a socket that was found. */
    private interface Found {
        void at(byte family, int offset);
    }

    private void dump(IpAddress vip, Found found) {
        // A socket of IPv6 may have clients of IPv4.
        dump(AF_INET6, vip, found);
        if (vip.isV4()) {
            dump(AF_INET, vip, found);
        }
    }

    private ByteBuffer begin(short type, short flags, byte family) {
        ByteBuffer request = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());
        request.putInt(0).putShort(type).putShort(flags).putInt(0).putInt(0);
        return request.put(family).put(TCP).put((byte) 0).put((byte) 0).putInt(OPEN);
    }

    private void dump(byte family, IpAddress vip, Found found) {
        ByteBuffer request = begin(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_AND_DUMP, family);
        request.position(HEADER + 8 + ID);
        byte[] address = vip.toBytes();
        int condition = 12 + address.length;
        // One instruction: the source is the VIP, or else skip beyond the end, which means no.
        request.putShort((short) (4 + condition)).putShort(INET_DIAG_REQ_BYTECODE);
        request.put(INET_DIAG_BC_S_COND).put((byte) condition).putShort((short) (condition + 4));
        request.put(vip.isV4() ? AF_INET : AF_INET6)
                .put((byte) (8 * address.length))
                .putShort((short) 0)
                .putInt(-1)
                .put(address);
        int error = exchange(request, found);
        if (error != 0) {
            throw new VipException("the kernel does not say which connections are open: "
                    + new LastErrorException(error).getMessage() + "; it needs tcp_diag (CONFIG_INET_TCP_DIAG)");
        }
    }

    /** Asks, and takes in all of the answer; 0, or errno. */
    private int exchange(ByteBuffer request, Found found) {
        sequence++;
        request.putInt(0, request.position()).putInt(8, sequence);
        try {
            send(request);
            int result = MORE;
            while (result == MORE) {
                int received = libc.recv(socket, buffer, new NativeLong(buffer.length), 0)
                        .intValue();
                result = take(received, found);
            }
            return result;
        } catch (LastErrorException e) {
            throw new VipException("the kernel does not say which connections are open: " + e.getMessage(), e);
        }
    }

    private void send(ByteBuffer request) {
        byte[] bytes = new byte[request.position()];
        request.get(0, bytes);
        libc.sendto(
                socket,
                bytes,
                new NativeLong(bytes.length),
                0,
                new byte[] {Libc.AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                12);
    }

    /** Takes in a part of the answer; {@link #MORE}, or 0 or errno when that was the last of it. */
    private int take(int received, Found found) {
        ByteBuffer read = ByteBuffer.wrap(buffer, 0, received).order(ByteOrder.nativeOrder());
        int at = 0;
        while (at + HEADER <= received) {
            int length = read.getInt(at);
            if (length < HEADER || length > received - at) {
                return EBADMSG;
            }
            if (read.getInt(at + 8) == sequence) {
                short type = read.getShort(at + 4);
                if (type == NLMSG_DONE) {
                    return 0;
                }
                if (type == NLMSG_ERROR) {
                    return -read.getInt(at + HEADER);
                }
                if (length >= HEADER + ANSWER) {
                    found.at(read.get(at + HEADER), at + HEADER);
                }
            }
            at += (length + 3) & ~3;
        }
        return MORE;
    }

    private Flow flow(int at, byte family, IpAddress vip) {
        ByteBuffer big = ByteBuffer.wrap(buffer);
        byte[] client = new byte[family == AF_INET ? 4 : 16];
        big.get(at + 24, client);
        return new Flow(
                IpAddress.ofBytes(client),
                Short.toUnsignedInt(big.getShort(at + 6)),
                vip,
                Short.toUnsignedInt(big.getShort(at + 4)));
    }

    @Override
    public void close() {
        libc.close(socket);
    }
}
