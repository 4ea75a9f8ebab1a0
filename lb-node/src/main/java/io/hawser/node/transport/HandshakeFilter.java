package io.hawser.node.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Makes a listening socket deaf to new handshakes, while those that have begun still complete and can be accepted: what
 * is under way can be finished before the socket is closed, which would reset it.
 *
 * <p>A classic BPF program on the socket (SO_ATTACH_FILTER, socket(7); no privilege needed) sees each segment from its
 * TCP header on, and drops those that have SYN and not ACK. Connections that the socket accepts inherit it, to no
 * effect: an open connection has no use for a SYN. Numbers are those of Linux on all but SPARC, MIPS and PA-RISC.
 *
 * <p>Safe from any thread.
 */
public final class HandshakeFilter {

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;

    /** struct sock_fprog of linux/filter.h: a count, and a pointer that is aligned to its size. */
    private static final int PROGRAM_BYTES = 16;

    private static final ChannelOption<ByteBuffer> ATTACH =
            new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, PROGRAM_BYTES);
    private static final ChannelOption<Integer> DETACH =
            new IntegerUnixChannelOption("SO_DETACH_FILTER", SOL_SOCKET, SO_DETACH_FILTER);

    private static final int LOAD_BYTE = 0x30;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;

    private static final int FLAGS_OFFSET = 13;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int ALL = -1;
    private static final int NOTHING = 0;

    private static final int INSTRUCTIONS = 5;
    private static final int INSTRUCTION_BYTES = 8;

    private HandshakeFilter() {}

    /**
     * Makes the socket deaf to new handshakes. A client's SYN goes unanswered; the client sends it again a second later.
     *
     * @return false where this transport, kernel or CPU can't: then nothing has changed
     */
    public static boolean attach(Channel listening) {
        return attach(program -> listening.config().setOption(ATTACH, program));
    }

    /**
     * The same for a socket that is no channel.
     *
     * @return false where this kernel or CPU can't: then nothing has changed
     */
    public static boolean attach(Socket listening) {
        return attach(program -> {
            listening.setRawOpt(SOL_SOCKET, SO_ATTACH_FILTER, program);
            return true;
        });
    }

    private static boolean attach(Attaching socket) {
        try {
            if (Buffer.addressSize() != Long.BYTES) {
                return false;
            }
            var memory = Buffer.allocateDirectBufferWithNativeOrder(INSTRUCTIONS * INSTRUCTION_BYTES);
            var argument = Buffer.allocateDirectBufferWithNativeOrder(PROGRAM_BYTES);
            try {
                ByteBuffer program = memory.buffer();
                instruction(program, LOAD_BYTE, 0, 0, FLAGS_OFFSET);
                instruction(program, AND, 0, 0, SYN | ACK);
                instruction(program, JUMP_IF_EQUAL, 1, 0, SYN);
                instruction(program, RETURN, 0, 0, ALL);
                instruction(program, RETURN, 0, 0, NOTHING);
                ByteBuffer value = argument.buffer();
                value.putShort(0, (short) INSTRUCTIONS).putLong(Long.BYTES, Buffer.memoryAddress(program));
                // The kernel copies the program before this returns.
                return socket.attach(value);
            } finally {
                argument.clean();
                memory.clean();
            }
        } catch (IOException | ChannelException | LinkageError e) {
            return false;
        }
    }

    /** Sets the option, whose value is a struct sock_fprog, on some socket. */
    private interface Attaching {
        boolean attach(ByteBuffer program) throws IOException;
    }

    private static void instruction(ByteBuffer to, int code, int ifTrue, int ifFalse, int operand) {
        to.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
    }

    /**
     * Lets the socket take new handshakes again.
     *
     * @throws ChannelException when the kernel won't, or there is no filter
     */
    public static void detach(Channel listening) {
        listening.config().setOption(DETACH, 0);
    }

    /**
     * Lets the socket take new handshakes again.
     *
     * @throws IOException when the kernel won't, or there is no filter
     */
    public static void detach(Socket listening) throws IOException {
        listening.setIntOpt(SOL_SOCKET, SO_DETACH_FILTER, 0);
    }
}
