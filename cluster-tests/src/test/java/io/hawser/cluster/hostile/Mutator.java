package io.hawser.cluster.hostile;

import io.hawser.cluster.harness.CapturedHellos;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes first bytes that a node should not choke on: real ClientHellos, damaged in every way, and things that are none. */
public final class Mutator {

    private static final int RECORD_HEADER = 5;
    private static final byte[][] OTHER_PROTOCOLS = {
        ascii("GET / HTTP/1.1\r\nhost: example.com\r\n\r\n"),
        ascii("SSH-2.0-OpenSSH_9.2p1\r\n"),
        ascii("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"),
        ascii("\r\n\r\n\0\r\nQUIT\n"),
        // A hello of SSL 2.0 (RFC 5246, appendix E.2).
        {(byte) 0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10, 0, 0, 0x33, 0, 0, 0x39},
    };

    private final List<byte[]> captured;

    public Mutator() throws IOException {
        this.captured = CapturedHellos.all();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The next of them. */
    public byte[] next(Random random) {
        byte[] hello = captured.get(random.nextInt(captured.size())).clone();
        return switch (random.nextInt(12)) {
            case 0 -> hello;
            case 1 -> bytes(random, random.nextInt(2000));
            case 2 -> OTHER_PROTOCOLS[random.nextInt(OTHER_PROTOCOLS.length)];
            case 3 -> Arrays.copyOf(hello, random.nextInt(hello.length));
            case 4 -> withoutSlice(random, hello);
            case 5 -> withSlice(random, hello, bytes(random, 1 + random.nextInt(100)));
            case 6 -> withSlice(random, hello, Arrays.copyOfRange(hello, 0, 1 + random.nextInt(hello.length)));
            case 7 -> withLength(random, hello);
            case 8 -> inRecords(random, hello);
            case 9 -> endless(random, hello);
            default -> flipped(random, hello);
        };
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] flipped(Random random, byte[] hello) {
        for (int i = random.nextInt(8); i >= 0; i--) {
            hello[random.nextInt(hello.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return hello;
    }

    private static byte[] withoutSlice(Random random, byte[] hello) {
        int from = random.nextInt(hello.length);
        int to = Math.min(hello.length, from + 1 + random.nextInt(50));
        return concat(Arrays.copyOf(hello, from), Arrays.copyOfRange(hello, to, hello.length));
    }

    private static byte[] withSlice(Random random, byte[] hello, byte[] slice) {
        int at = random.nextInt(hello.length);
        return concat(Arrays.copyOf(hello, at), slice, Arrays.copyOfRange(hello, at, hello.length));
    }

    /** One of the lengths lies: the record's, the message's, or any two bytes that may be one. */
    private static byte[] withLength(Random random, byte[] hello) {
        int at =
                switch (random.nextInt(3)) {
                    case 0 -> 3;
                    case 1 -> 6;
                    default -> random.nextInt(hello.length - 1);
                };
        hello[at] = (byte) random.nextInt(256);
        hello[at + 1] = (byte) random.nextInt(256);
        return hello;
    }

    /** The message split over records of any size, some of which may be empty. */
    private static byte[] inRecords(Random random, byte[] hello) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        int at = RECORD_HEADER;
        while (at < hello.length) {
            int length = Math.min(hello.length - at, random.nextInt(200) - (random.nextInt(20) == 0 ? 200 : 0));
            length = Math.max(length, random.nextInt(10) == 0 ? 0 : 1);
            records.write(22);
            records.write(3);
            records.write(1);
            records.write(length >> 8);
            records.write(length);
            records.write(hello, at, length);
            at += length;
        }
        return records.toByteArray();
    }

    /** A message that claims to be huge, and a part of it that is more than a node should keep. */
    private static byte[] endless(Random random, byte[] hello) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        byte[] first = hello.clone();
        first[6] = (byte) (1 + random.nextInt(255));
        records.writeBytes(first);
        for (int i = random.nextInt(8); i > 0; i--) {
            records.writeBytes(new byte[] {22, 3, 1, 0x40, 0});
            records.writeBytes(new byte[0x4000]);
        }
        return records.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
