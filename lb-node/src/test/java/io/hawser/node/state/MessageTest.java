package io.hawser.node.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Mutations;
import io.hawser.testing.Seeds;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MessageTest {

    private static final Bulletin BULLETIN = new Bulletin(
            "lb1",
            "10.0.0.1",
            5701,
            "http://10.0.0.1:9900",
            "0.1.0",
            Instant.ofEpochMilli(1_800_000_000_000L),
            new Replication(true, 3, 250, false, List.of("parts have no second copy", "Änderungen warten")));

    private static byte[] bulletin(int version) {
        MessageWriter writer = new MessageWriter(version);
        BULLETIN.write(writer);
        return writer.toBytes();
    }

    @Test
    void whatIsWrittenIsRead() throws MessageException {
        byte[] much = new byte[100_000];
        much[99_999] = 7;
        byte[] message = new MessageWriter(255)
                .writeByte(200)
                .writeInt(Integer.MIN_VALUE)
                .writeLong(-2)
                .writeBoolean(true)
                .writeText("")
                .writeText("ü€")
                .writeBytes(much)
                .writeText("x".repeat(65_535))
                .toBytes();
        MessageReader reader = new MessageReader(message, 255);
        assertThat(reader.readByte()).isEqualTo(200);
        assertThat(reader.readInt()).isEqualTo(Integer.MIN_VALUE);
        assertThat(reader.readLong()).isEqualTo(-2);
        assertThat(reader.readBoolean()).isTrue();
        assertThat(reader.readText()).isEmpty();
        assertThat(reader.readText()).isEqualTo("ü€");
        assertThat(reader.readBytes()).isEqualTo(much);
        assertThat(reader.readText()).hasSize(65_535);
        assertThatThrownBy(() -> new MessageWriter(1).writeText("ü".repeat(32_768)))
                .hasMessageContaining("65536 bytes");
    }

    @Test
    void aBulletinArrivesAsItWas() throws MessageException {
        assertThat(Bulletin.read(new MessageReader(bulletin(1), 1))).isEqualTo(BULLETIN);
    }

    @Test
    void anotherVersionIsRefusedByName() {
        assertThatThrownBy(() -> new MessageReader(bulletin(2), 1))
                .isInstanceOfSatisfying(MessageException.class, e -> assertThat(e.isOfAnotherVersion())
                        .isTrue())
                .hasMessage("it is of version 2, and this node understands version 1");
    }

    @Test
    void aCountIsNeverMoreThanThereCanBe() {
        byte[] message = new MessageWriter(1).writeInt(3).writeLong(0).toBytes();
        assertThatThrownBy(() -> new MessageReader(message, 1).readCount(4))
                .isInstanceOfSatisfying(MessageException.class, e -> assertThat(e.isOfAnotherVersion())
                        .isFalse())
                .hasMessage("it announces 3 things and has 8 bytes left for them");
    }

    /** Whatever comes, nothing but a MessageException is thrown, and no huge array is made. */
    @Test
    void damagedBytesDoNoHarm() {
        byte[] whole = bulletin(1);
        Seeds.rounds(2000, random -> {
            byte[] damaged = Mutations.mutate(whole, random);
            if (random.nextBoolean() && damaged.length > 4) {
                ByteBuffer.wrap(damaged).putInt(random.nextInt(damaged.length - 3), Integer.MAX_VALUE);
            }
            try {
                Bulletin.read(new MessageReader(damaged, 1));
            } catch (MessageException expected) {
                assertThat(expected).hasMessageStartingWith("it ");
            }
        });
    }
}
