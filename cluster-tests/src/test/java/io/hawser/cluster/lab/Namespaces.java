package io.hawser.cluster.lab;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;

/** Brings threads of the tests onto hosts of a lab. */
final class Namespaces {

    private static final int O_RDONLY = 0;
    private static final int CLONE_NEWNET = 0x40000000;

    private Namespaces() {}

    /** The C library; see open(2), setns(2), close(2). */
    private interface LibC extends Library {
        int open(String path, int flags) throws LastErrorException;

        int setns(int descriptor, int kind) throws LastErrorException;

        int close(int descriptor) throws LastErrorException;
    }

    /** What the calling thread opens from now on, and the threads that it starts, is in that network namespace. */
    static void enter(String namespace) {
        LibC libc = Native.load("c", LibC.class);
        int descriptor = libc.open("/run/netns/" + namespace, O_RDONLY);
        try {
            var unusedZero = libc.setns(descriptor, CLONE_NEWNET);
        } finally {
            var unusedZero = libc.close(descriptor);
        }
    }
}
