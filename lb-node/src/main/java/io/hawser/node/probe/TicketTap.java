package io.hawser.node.probe;

import io.hawser.tls.ClientHello;
import io.hawser.tls.ClientHelloReader;
import io.hawser.tls.HelloResult;
import io.hawser.tls.ServerFlight;
import io.hawser.tls.ServerFlightReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Looks at what a probe's own TLS sends and hears in the clear; stands between the socket and the TLS handler. */
final class TicketTap extends ChannelDuplexHandler {

    /** A probe's hello with a ticket has some hundred bytes, or a few thousand. */
    private static final int MOST_HELLO_BYTES = 64 * 1024;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ClientHelloReader helloReader = new ClientHelloReader();
    private final ServerFlightReader flightReader = new ServerFlightReader();
    private @Nullable ClientHello hello;
    private @Nullable Runnable more;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (hello == null && message instanceof ByteBuf bytes && sent.size() < MOST_HELLO_BYTES) {
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.getBytes(bytes.readerIndex(), copy);
            sent.writeBytes(copy);
            if (helloReader.read(Unpooled.wrappedBuffer(sent.toByteArray())) instanceof HelloResult.Complete whole) {
                hello = whole.hello();
            }
        }
        var unused = context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!flightReader.isDone() && message instanceof ByteBuf bytes) {
            flightReader.read(bytes);
        }
        Runnable waiting = more;
        context.fireChannelRead(message);
        if (waiting != null) {
            more = null;
            waiting.run();
        }
    }

    /** Has this run once, when the backend sends something more. */
    void onMore(Runnable waiting) {
        more = waiting;
    }

    /** A ticket that the backend has given: just now, or to the connection before; null when none was seen. */
    byte @Nullable [] ticket() {
        ServerFlight flight = flightReader.flight();
        if (flight != null && flight.ticket().length > 0) {
            return flight.ticket();
        }
        return hello != null && hello.offersPsk() ? hello.pskIdentities().get(0).identity() : null;
    }
}
