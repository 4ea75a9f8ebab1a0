package io.hawser.vip;

import io.hawser.net.IpAddress;
import java.nio.ByteBuffer;

/** A neighbour solicitation (RFC 4861 sections 4.3 and 7.2.2), with its IPv6 header. */
public final class NeighborSolicitation {

    private static final long SOLICITED_NODE_HIGH = 0xff02_0000_0000_0000L;
    private static final long SOLICITED_NODE_LOW = 0x0000_0001_ff00_0000L;
    private static final int HEADER = 40;
    private static final int BODY = 32;
    private static final byte ICMPV6 = 58;
    static final byte TYPE = (byte) 135;

    private NeighborSolicitation() {}

    /**
     * Asks who has an address.
     *
     * @param mac six bytes, the sender's
     * @param sender an address of its own on the link
     */
    public static byte[] of(byte[] mac, IpAddress sender, IpAddress wanted) {
        ByteBuffer packet = ByteBuffer.allocate(HEADER + BODY)
                .putInt(6 << 28)
                .putShort((short) BODY)
                .put(ICMPV6)
                // Less would have come through a router (section 7.1.1).
                .put((byte) 255)
                .put(sender.toBytes())
                .put(group(wanted).toBytes())
                .put(TYPE)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(0)
                .put(wanted.toBytes())
                // The sender's link-layer address, in units of eight bytes.
                .put((byte) 1)
                .put((byte) 1)
                .put(mac);
        packet.putShort(HEADER + 2, InternetChecksum.of(packet, 8, HEADER + BODY, BODY + ICMPV6));
        return packet.array();
    }

    /** The solicited-node multicast address (RFC 4291 section 2.7.1), to which whoever has an address listens. */
    static IpAddress group(IpAddress wanted) {
        return new IpAddress(SOLICITED_NODE_HIGH, SOLICITED_NODE_LOW | (wanted.low() & 0xff_ffff));
    }

    /** The Ethernet address of that group (RFC 2464 section 7): six bytes. */
    public static byte[] groupMac(IpAddress wanted) {
        byte[] address = wanted.toBytes();
        return new byte[] {0x33, 0x33, (byte) 0xff, address[13], address[14], address[15]};
    }
}
