package io.hawser.node.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One end of a connection through the node, client or server, that blocks and tells ends from resets. */
final class Peer implements AutoCloseable {

    /** A test that waits longer for a peer has failed. */
    static final int PATIENCE_MILLIS = 60_000;

    /**
     * How a peer's input ended.
     *
     * @param text what came before, a character for each byte
     * @param reset whether it was a reset rather than an end
     */
    record Ended(String text, boolean reset) {

        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private final Socket socket;

    Peer(Socket socket) {
        this.socket = socket;
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Peer connect(InetSocketAddress address) throws IOException {
        return connect(address, null, 0);
    }

    /**
     * Connects.
     *
     * @param from the address to connect from; null: any
     * @param receiveBuffer in bytes; 0: the kernel's choice
     */
    static Peer connect(InetSocketAddress address, @Nullable String from, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        if (from != null) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        }
        socket.connect(address, PATIENCE_MILLIS);
        return new Peer(socket);
    }

    /**
     * Connects, says nothing, and tells how that ended. Who is refused at once may be reset before the call that connects
     * has returned.
     */
    static Ended connectAndReadToEnd(InetSocketAddress address, @Nullable String from) throws IOException {
        try (Peer peer = connect(address, from, 0)) {
            return peer.readToEnd();
        } catch (ConnectException e) {
            throw e;
        } catch (SocketException e) {
            return new Ended("", true);
        }
    }

    /**
     * Does something that blocks in a thread of its own: the common pool may have a single one, for which two that wait
     * for each other would wait for ever.
     */
    static <T> CompletableFuture<T> inBackground(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(task.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "peer");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    Socket socket() {
        return socket;
    }

    int localPort() {
        return socket.getLocalPort();
    }

    Peer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Peer send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads so many bytes, all of them. */
    byte[] read(int count) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(count);
        if (bytes.length < count) {
            throw new IOException("ended after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    String readText(int count) throws IOException {
        return new String(read(count), StandardCharsets.ISO_8859_1);
    }

    /** Reads what there is until the other side ends or resets. */
    Ended readToEnd() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        try {
            int count = socket.getInputStream().read(buffer);
            while (count >= 0) {
                bytes.write(buffer, 0, count);
                count = socket.getInputStream().read(buffer);
            }
            return new Ended(bytes.toString(StandardCharsets.ISO_8859_1), false);
        } catch (SocketException e) {
            return new Ended(bytes.toString(StandardCharsets.ISO_8859_1), true);
        }
    }

    Peer halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes so that the other side sees a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
