package io.hawser.node.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeakWatchTest {
    private final LeakWatch watch = new LeakWatch();

    @BeforeEach
    void forgetOthers() {
        watch.takeLeaks();
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void reportsALostBufferOnceWithWhereItWas() {
        lose("dropped here");

        assertThat(watch.takeLeaks()).singleElement().asString().contains("LEAK", "dropped here", "LeakWatchTest");
        assertThat(watch.takeLeaks()).isEmpty();
    }

    @Test
    void reportsALostSliceOfADirectBuffer() {
        ByteBufAllocator.DEFAULT
                .directBuffer(64)
                .writeZero(8)
                .readRetainedSlice(4)
                .release();

        assertThat(watch.takeLeaks()).hasSize(1);
    }

    @Test
    void isSilentOnReleasedBuffers() {
        for (int i = 0; i < 1000; i++) {
            ByteBufAllocator.DEFAULT.buffer(i + 1).release();
        }

        assertThat(watch.takeLeaks()).isEmpty();
    }

    private static void lose(String hint) {
        ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(16);
        lost.touch(hint + ' ' + System.nanoTime());
    }
}
