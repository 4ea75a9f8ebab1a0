package io.hawser.node.connection;

import io.hawser.node.stream.StreamHandler;
import io.netty.buffer.ByteBuf;

/** Hands the events of a client's socket to its {@link Connection}; decides nothing. */
final class ClientHandler implements StreamHandler {

    private final Connection connection;

    ClientHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        connection.phase().onClientBytes(bytes);
    }

    @Override
    public void onWritable() {
        connection.phase().onClientWritable();
    }

    @Override
    public void onFlushed() {
        connection.phase().onClientFlushed();
    }

    @Override
    public void onEnd() {
        connection.onClientEnd();
    }

    @Override
    public void onReset() {
        connection.phase().onClientReset();
    }

    @Override
    public void onOutputFailed() {
        connection.phase().onClientOutputFailed();
    }

    @Override
    public void onDefect(Throwable cause) {
        connection.onDefect(cause);
    }
}
