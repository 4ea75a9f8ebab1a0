package io.hawser.vip;

import io.hawser.net.IpAddress;
import java.nio.ByteBuffer;

/** ARP for IPv4 over Ethernet (RFC 826), without the Ethernet header: 28 bytes. */
public final class ArpPacket {

    public static final int LENGTH = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final short ETHERNET = 1;
    private static final short IPV4 = 0x0800;
    private static final byte[] NOBODY = new byte[6];

    private ArpPacket() {}

    /**
     * Tells everybody that an address is here: sender and target are the address itself. RFC 5227 section 3 has it a
     * request; some neighbours heed only replies.
     *
     * @param operation {@link #REQUEST} or {@link #REPLY}
     * @param mac six bytes
     */
    public static byte[] announcement(int operation, byte[] mac, IpAddress address) {
        return packet(operation, mac, address, operation == REPLY ? mac : NOBODY, address);
    }

    /** Asks who has an address. */
    public static byte[] request(byte[] mac, IpAddress sender, IpAddress wanted) {
        return packet(REQUEST, mac, sender, NOBODY, wanted);
    }

    /** Whether these bytes say, in a request or a reply, that the sender has the address. */
    public static boolean isFrom(ByteBuffer packet, IpAddress address) {
        if (packet.remaining() < LENGTH) {
            return false;
        }
        int at = packet.position();
        byte[] sender = new byte[4];
        packet.get(at + 14, sender);
        return packet.getShort(at) == ETHERNET
                && packet.getShort(at + 2) == IPV4
                && IpAddress.ofBytes(sender).equals(address);
    }

    private static byte[] packet(int operation, byte[] mac, IpAddress sender, byte[] targetMac, IpAddress target) {
        return ByteBuffer.allocate(LENGTH)
                .putShort(ETHERNET)
                .putShort(IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation)
                .put(mac)
                .put(sender.toBytes())
                .put(targetMac)
                .put(target.toBytes())
                .array();
    }
}
