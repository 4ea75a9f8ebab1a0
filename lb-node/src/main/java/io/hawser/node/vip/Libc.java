package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/** The system calls for which the JDK has no words; each throws with errno. */
interface Libc extends Library {

    int AF_PACKET = 17;
    int AF_NETLINK = 16;
    int SOCK_DGRAM = 2;
    int SOCK_RAW = 3;
    int SOCK_CLOEXEC = 0x80000;
    int SOL_SOCKET = 1;
    int SO_RCVTIMEO = 20;
    int SO_ATTACH_FILTER = 26;
    int ITIMER_REAL = 0;

    static Libc load() {
        try {
            return Native.load("c", Libc.class);
        } catch (UnsatisfiedLinkError e) {
            throw new VipException(
                    "cannot call the C library: " + e.getMessage()
                            + "; JNA unpacks a part of itself, so jna.tmpdir must be a directory that allows execution",
                    e);
        }
    }

    int socket(int domain, int type, int protocol) throws LastErrorException;

    int bind(int descriptor, byte[] address, int length) throws LastErrorException;

    int setsockopt(int descriptor, int level, int option, long[] value, int length) throws LastErrorException;

    NativeLong sendto(int descriptor, byte[] bytes, NativeLong length, int flags, byte[] address, int addressLength)
            throws LastErrorException;

    NativeLong recv(int descriptor, byte[] bytes, NativeLong length, int flags) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;

    /** Both times are a pair of seconds and microseconds. */
    int setitimer(int which, long[] next, long[] previous) throws LastErrorException;
}
