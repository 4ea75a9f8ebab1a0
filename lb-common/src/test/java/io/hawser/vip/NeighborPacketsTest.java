package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Byte for byte, by the standards' figures. */
final class NeighborPacketsTest {

    private static final byte[] MAC = HexFormat.of().parseHex("02000000000b");
    private static final IpAddress VIP = address("198.51.100.100");
    private static final IpAddress OWN = address("198.51.100.11");

    @Test
    void announcesByArp() {
        assertThat(hex(ArpPacket.announcement(ArpPacket.REQUEST, MAC, VIP)))
                .isEqualTo("0001" + "0800" + "06" + "04" + "0001" + "02000000000b" + "c6336464" + "000000000000"
                        + "c6336464");
        assertThat(hex(ArpPacket.announcement(ArpPacket.REPLY, MAC, VIP)))
                .isEqualTo("0001" + "0800" + "06" + "04" + "0002" + "02000000000b" + "c6336464" + "02000000000b"
                        + "c6336464");
    }

    @Test
    void asksByArpAndKnowsWhoAnswers() {
        byte[] request = ArpPacket.request(MAC, OWN, VIP);
        assertThat(hex(request)).endsWith("0001" + "02000000000b" + "c633640b" + "000000000000" + "c6336464");
        assertThat(ArpPacket.isFrom(ByteBuffer.wrap(request), OWN)).isTrue();
        assertThat(ArpPacket.isFrom(ByteBuffer.wrap(request), VIP)).isFalse();
        assertThat(ArpPacket.isFrom(ByteBuffer.wrap(request, 0, 27), OWN)).isFalse();
        request[3] = 1;
        assertThat(ArpPacket.isFrom(ByteBuffer.wrap(request), OWN))
                .as("not of IPv4")
                .isFalse();
    }

    @Test
    void announcesByNeighbourAdvertisement() {
        byte[] packet = NeighborAdvertisement.unsolicited(MAC, address("2001:db8:100::100"));
        String address = "20010db8010000000000000000000100";
        assertThat(hex(packet))
                .matches("60000000" + "0020" + "3a" + "ff" + address + "ff020000000000000000000000000001" + "8800"
                        + "[0-9a-f]{4}" + "20000000" + address + "0201" + "02000000000b");
        requireSoundSum(packet);
    }

    @Test
    void asksByNeighbourSolicitation() {
        IpAddress own = address("fe80::b");
        IpAddress vip = address("2001:db8:100::12:3456");
        byte[] packet = NeighborSolicitation.of(MAC, own, vip);
        assertThat(hex(packet))
                .matches("60000000" + "0020" + "3a" + "ff" + "fe80000000000000000000000000000b"
                        + "ff0200000000000000000001ff123456" + "8700" + "[0-9a-f]{4}" + "00000000"
                        + "20010db8010000000000000000123456" + "0101" + "02000000000b");
        requireSoundSum(packet);
        assertThat(hex(NeighborSolicitation.groupMac(vip))).isEqualTo("3333ff123456");
    }

    @Test
    void knowsWhoAnswersAsANeighbour() {
        IpAddress own = address("fe80::b");
        IpAddress vip = address("2001:db8:100::100");
        ByteBuffer answer = ByteBuffer.wrap(NeighborAdvertisement.unsolicited(MAC, vip));
        assertThat(NeighborAdvertisement.isFrom(answer, vip)).isTrue();
        assertThat(NeighborAdvertisement.isFrom(answer, own)).isFalse();
        assertThat(NeighborAdvertisement.isFrom(answer.limit(63), vip)).isFalse();
        ByteBuffer question = ByteBuffer.wrap(NeighborSolicitation.of(MAC, own, vip));
        assertThat(NeighborAdvertisement.isFrom(question, own)).isTrue();
        assertThat(NeighborAdvertisement.isFrom(question, vip))
                .as("who is asked for has said nothing")
                .isFalse();
        question.put(7, (byte) 254);
        assertThat(NeighborAdvertisement.isFrom(question, own))
                .as("from behind a router")
                .isFalse();
    }

    private static void requireSoundSum(byte[] packet) {
        long sum = 32 + 58;
        for (int at = 8; at < packet.length; at += 2) {
            sum += ByteBuffer.wrap(packet).getShort(at) & 0xffff;
        }
        assertThat((sum & 0xffff) + (sum >>> 16))
                .as("RFC 1071: a sound sum is all ones")
                .isEqualTo(0xffff);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.tryParse(text));
    }
}
