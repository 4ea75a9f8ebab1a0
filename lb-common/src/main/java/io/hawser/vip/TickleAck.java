package io.hawser.vip;

import java.nio.ByteBuffer;

/**
 * A TCP segment that has a client find out that its connection is gone: an ACK from the VIP with a sequence number that
 * can't be right. The client answers with what it thinks is right (RFC 9293 section 3.10.7.4); the host that has the VIP
 * now knows nothing of that, and resets the connection. As Samba's CTDB does.
 *
 * @param flow the connection
 * @param sequence one of two numbers that are far apart can't be one that the client expects
 */
public record TickleAck(Flow flow, int sequence) {

    private static final int TCP = 6;
    private static final int TCP_LENGTH = 20;
    private static final int V4_HEADER = 20;
    private static final int V6_HEADER = 40;
    private static final int TTL = 64;
    private static final short DONT_FRAGMENT = 0x4000;
    private static final short OFFSET_AND_ACK = 0x5010;
    private static final short WINDOW = 1234;

    /** With its IP header; 40 or 60 bytes. */
    public byte[] toBytes() {
        boolean v4 = flow.vip().isV4();
        int header = v4 ? V4_HEADER : V6_HEADER;
        byte[] from = flow.vip().toBytes();
        byte[] to = flow.client().toBytes();
        ByteBuffer packet = ByteBuffer.allocate(header + TCP_LENGTH);
        if (v4) {
            packet.putShort((short) 0x4500)
                    .putShort((short) (header + TCP_LENGTH))
                    .putShort((short) 0)
                    .putShort(DONT_FRAGMENT)
                    .put((byte) TTL)
                    .put((byte) TCP)
                    .putShort((short) 0);
        } else {
            packet.putInt(6 << 28).putShort((short) TCP_LENGTH).put((byte) TCP).put((byte) TTL);
        }
        packet.put(from).put(to);
        packet.putShort((short) flow.port())
                .putShort((short) flow.clientPort())
                .putInt(sequence)
                .putInt(0)
                .putShort(OFFSET_AND_ACK)
                .putShort(WINDOW)
                .putInt(0);
        if (v4) {
            packet.putShort(10, InternetChecksum.of(packet, 0, header, 0));
        }
        // Over both addresses, which come just before, the length and the protocol (RFC 9293 section 3.1).
        int addresses = header - from.length - to.length;
        packet.putShort(header + 16, InternetChecksum.of(packet, addresses, header + TCP_LENGTH, TCP_LENGTH + TCP));
        return packet.array();
    }
}
