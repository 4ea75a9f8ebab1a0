package io.hawser.cluster.lab;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Brings threads of the tests onto other hosts, those of a lab or containers. */
public final class Namespaces {

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
    private static void enter(String path) {
        LibC libc = Native.load("c", LibC.class);
        int descriptor = libc.open(path, O_RDONLY);
        try {
            var unusedZero = libc.setns(descriptor, CLONE_NEWNET);
        } finally {
            var unusedZero = libc.close(descriptor);
        }
    }

    /**
     * Does something in a network namespace: sockets that it opens, and those of the threads that it starts, are there.
     *
     * @param path of the namespace, such as {@code /run/netns/web}
     * @param name what the thread is called by
     */
    public static <T> T call(String path, String name, Callable<T> task) throws Exception {
        FutureTask<T> there = new FutureTask<>(() -> {
            enter(path);
            return task.call();
        });
        // Of its own: whoever has entered a namespace stays there.
        Thread thread = new Thread(there, "on-" + name);
        thread.setDaemon(true);
        thread.start();
        try {
            return there.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
