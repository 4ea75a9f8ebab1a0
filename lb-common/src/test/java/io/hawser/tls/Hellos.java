package io.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;

/** Shortcuts of the tests in this package. */
final class Hellos {

    private Hellos() {}

    static HelloResult read(byte[] received) {
        return new ClientHelloReader().read(Unpooled.wrappedBuffer(received));
    }

    static ClientHello hello(byte[] received) {
        HelloResult result = read(received);
        assertThat(result).isInstanceOf(HelloResult.Complete.class);
        return ((HelloResult.Complete) result).hello();
    }

    static ClientHello hello(HelloBuilder builder) {
        return hello(builder.record());
    }

    static Alert alert(byte[] received) {
        HelloResult result = read(received);
        assertThat(result).isInstanceOf(HelloResult.Malformed.class);
        return ((HelloResult.Malformed) result).alert();
    }

    static Alert alert(HelloBuilder builder) {
        return alert(builder.record());
    }
}
