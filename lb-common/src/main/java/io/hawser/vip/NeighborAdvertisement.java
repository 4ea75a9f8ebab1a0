package io.hawser.vip;

import io.hawser.net.IpAddress;
import java.nio.ByteBuffer;

/** A neighbour advertisement (RFC 4861 sections 4.4 and 7.2), with its IPv6 header. */
public final class NeighborAdvertisement {

    private static final IpAddress ALL_NODES = new IpAddress(0xff02_0000_0000_0000L, 1);
    private static final int HEADER = 40;
    private static final int BODY = 32;
    private static final byte ICMPV6 = 58;
    private static final byte TYPE = (byte) 136;
    private static final int OVERRIDE = 0x2000_0000;

    private NeighborAdvertisement() {}

    /**
     * Tells everybody on the link, unasked, that an address is here.
     *
     * @param mac six bytes
     */
    public static byte[] unsolicited(byte[] mac, IpAddress address) {
        ByteBuffer packet = ByteBuffer.allocate(HEADER + BODY)
                .putInt(6 << 28)
                .putShort((short) BODY)
                .put(ICMPV6)
                // Less would have come through a router (section 7.1.2).
                .put((byte) 255)
                .put(address.toBytes())
                .put(ALL_NODES.toBytes())
                .put(TYPE)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(OVERRIDE)
                .put(address.toBytes())
                // The target's link-layer address, in units of eight bytes.
                .put((byte) 2)
                .put((byte) 1)
                .put(mac);
        // RFC 4443 section 2.3: over a pseudo-header of both addresses, the length and the protocol, and the message.
        packet.putShort(HEADER + 2, InternetChecksum.of(packet, 8, HEADER + BODY, BODY + ICMPV6));
        return packet.array();
    }

    /** Whether these bytes, from the IPv6 header on, say that somebody has the address, or come from it. */
    public static boolean isFrom(ByteBuffer packet, IpAddress address) {
        if (packet.remaining() < HEADER + BODY - 8) {
            return false;
        }
        int at = packet.position();
        byte type = packet.get(at + HEADER);
        if (packet.get(at + 6) != ICMPV6 || packet.get(at + 7) != (byte) 255) {
            return false;
        }
        return (type == TYPE && address(packet, at + HEADER + 8).equals(address))
                || (type == NeighborSolicitation.TYPE && address(packet, at + 8).equals(address));
    }

    private static IpAddress address(ByteBuffer packet, int at) {
        byte[] bytes = new byte[16];
        packet.get(at, bytes);
        return IpAddress.ofBytes(bytes);
    }
}
