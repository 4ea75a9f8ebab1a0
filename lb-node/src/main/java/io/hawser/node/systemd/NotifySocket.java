package io.hawser.node.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Sends to a unix datagram socket, for which the JDK has no words; its own is for streams only. */
final class NotifySocket implements AutoCloseable {

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int EINTR = 4;

    private final Libc libc;
    private final byte[] address;
    private final int socket;

    private NotifySocket(Libc libc, byte[] address, int socket) {
        this.libc = libc;
        this.address = address;
        this.socket = socket;
    }

    /**
     * Opens it.
     *
     * @param name as in NOTIFY_SOCKET: a path, or a name behind @ in the abstract namespace (unix(7))
     * @throws IOException when the C library can't be called, or the kernel refuses
     */
    static NotifySocket to(String name) throws IOException {
        try {
            Libc libc = Native.load("c", Libc.class);
            return new NotifySocket(libc, address(name), libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        } catch (LastErrorException | UnsatisfiedLinkError e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static byte[] address(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes[0] == '@') {
            bytes[0] = 0;
        } else {
            bytes = Arrays.copyOf(bytes, bytes.length + 1);
        }
        return ByteBuffer.allocate(2 + bytes.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(bytes)
                .array();
    }

    /** Sends one message, and waits while the receiver's queue is full. */
    void send(String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        while (true) {
            try {
                libc.sendto(socket, bytes, new NativeLong(bytes.length), MSG_NOSIGNAL, address, address.length);
                return;
            } catch (LastErrorException e) {
                if (e.getErrorCode() != EINTR) {
                    throw new IOException(e.getMessage(), e);
                }
            }
        }
    }

    @Override
    public void close() {
        libc.close(socket);
    }

    /** Each throws with errno. */
    interface Libc extends Library {

        int socket(int domain, int type, int protocol) throws LastErrorException;

        NativeLong sendto(int descriptor, byte[] bytes, NativeLong length, int flags, byte[] address, int addressLength)
                throws LastErrorException;

        int close(int descriptor) throws LastErrorException;
    }
}
