package io.hawser.node.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a TCP socket: some fields of struct tcp_info (linux/tcp.h, option TCP_INFO of tcp(7)).
 *
 * @param closed whether the connection is over: both sides have ended it, or one has reset it
 * @param timeouts times in a row that what was sent had to be sent again because nothing was heard of the peer
 * @param unacknowledged segments that the peer has not acknowledged yet; of a listening socket, the connections that
 *     wait to be accepted
 * @param unsentBytes taken from us and not sent yet
 * @param sinceDataSentMillis since data was sent last, be it for the first time or again
 */
public record TcpInfo(boolean closed, int timeouts, int unacknowledged, long unsentBytes, long sinceDataSentMillis) {

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;

    private static final int STATE = 0;
    private static final int RETRANSMITS = 2;
    private static final int UNACKED = 24;
    private static final int LAST_DATA_SENT = 44;
    private static final int NOTSENT_BYTES = 144;
    /** Up to the last field that is read; the kernel's is longer, and grows. */
    private static final int LENGTH = 148;

    private static final int STATE_CLOSED = 7;

    private static final RawUnixChannelOption OPTION =
            new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, LENGTH);

    /** Asks the kernel; null where this transport can't, or when the socket has been closed. */
    public static @Nullable TcpInfo of(Channel channel) {
        ByteBuffer info;
        try {
            info = channel.config().getOption(OPTION);
        } catch (ChannelException e) {
            return null;
        }
        return info == null ? null : read(info);
    }

    /** Asks the kernel; null when the socket has been closed. */
    public static @Nullable TcpInfo of(Socket socket) {
        ByteBuffer info = ByteBuffer.allocate(LENGTH);
        try {
            socket.getRawOpt(IPPROTO_TCP, TCP_INFO, info);
        } catch (IOException e) {
            return null;
        }
        return read(info);
    }

    private static TcpInfo read(ByteBuffer info) {
        info.order(ByteOrder.nativeOrder());
        return new TcpInfo(
                info.get(STATE) == STATE_CLOSED,
                info.get(RETRANSMITS) & 0xff,
                info.getInt(UNACKED),
                Integer.toUnsignedLong(info.getInt(NOTSENT_BYTES)),
                Integer.toUnsignedLong(info.getInt(LAST_DATA_SENT)));
    }

    /** Whether the peer's kernel has all that was sent. */
    public boolean delivered() {
        return unacknowledged == 0 && unsentBytes == 0;
    }
}
