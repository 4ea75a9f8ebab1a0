package io.hawser.node.stream;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps what it is told of a stream; asked from the test's thread. */
class RecordingHandler implements StreamHandler {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile @Nullable Throwable defect;

    /** All but bytes, in order. */
    List<String> told() {
        return told;
    }

    byte[] bytes() {
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }

    /** Whether it was told something that begins like this. */
    boolean wasTold(String beginning) {
        return told.stream().anyMatch(what -> what.startsWith(beginning));
    }

    String text() {
        return new String(bytes(), StandardCharsets.US_ASCII);
    }

    @Nullable Throwable defect() {
        return defect;
    }

    @Override
    public void onConnected() {
        told.add("connected");
    }

    @Override
    public void onConnectFailed(Throwable cause) {
        told.add("connect-failed");
    }

    @Override
    public void onBytes(ByteBuf received) {
        byte[] copy = new byte[received.readableBytes()];
        received.getBytes(received.readerIndex(), copy);
        synchronized (bytes) {
            bytes.writeBytes(copy);
        }
    }

    @Override
    public void onWritable() {
        told.add("writable");
    }

    @Override
    public void onFlushed() {
        told.add("flushed");
    }

    @Override
    public void onEnd() {
        told.add("end after " + bytes().length);
    }

    @Override
    public void onReset() {
        told.add("reset after " + bytes().length);
    }

    @Override
    public void onOutputFailed() {
        told.add("output-failed");
    }

    @Override
    public void onDefect(Throwable cause) {
        defect = cause;
        told.add("defect");
    }
}
