package io.hawser.node.connection;

import io.hawser.node.stream.StreamHandler;
import io.netty.buffer.ByteBuf;

/** Hands the events of one socket to a backend to its {@link Relay}; decides nothing. */
final class BackendHandler implements StreamHandler {

    private final Relay relay;

    BackendHandler(Relay relay) {
        this.relay = relay;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        relay.onBackendBytes(bytes);
    }

    @Override
    public void onWritable() {
        relay.onBackendWritable();
    }

    @Override
    public void onFlushed() {
        relay.onBackendFlushed();
    }

    @Override
    public void onEnd() {
        relay.onBackendEnd();
    }

    @Override
    public void onReset() {
        relay.onBackendReset();
    }

    @Override
    public void onOutputFailed() {
        relay.onBackendOutputFailed();
    }

    @Override
    public void onDefect(Throwable cause) {
        relay.onDefect(cause);
    }
}
