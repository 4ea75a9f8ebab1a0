package io.hawser.node.vip;

import io.hawser.net.IpAddress;
import io.hawser.vip.ArpPacket;
import io.hawser.vip.NeighborAdvertisement;
import io.hawser.vip.NeighborSolicitation;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks on a link who has an address, by ARP or by neighbour discovery. */
final class NeighborEnquiry implements AutoCloseable {

    private final PacketSocket socket;
    private final IpAddress wanted;
    private final byte[] question;
    private final byte @Nullable [] to;
    private final long patienceNanos;

    /**
     * Asks nothing yet.
     *
     * @param mac six bytes, this host's on the link
     * @param own an address of this host's there, of the same family
     * @param patience how long answers are waited for
     */
    NeighborEnquiry(Libc libc, int interfaceIndex, byte[] mac, IpAddress own, IpAddress wanted, Duration patience) {
        this.wanted = wanted;
        this.patienceNanos = patience.toNanos();
        if (wanted.isV4()) {
            question = ArpPacket.request(mac, own, wanted);
            to = null;
        } else {
            question = NeighborSolicitation.of(mac, own, wanted);
            to = NeighborSolicitation.groupMac(wanted);
        }
        socket = wanted.isV4()
                ? new PacketSocket(libc, PacketSocket.ARP, interfaceIndex, patience)
                : PacketSocket.ofNeighbors(libc, interfaceIndex, patience);
    }

    void ask() {
        if (to == null) {
            socket.broadcast(question);
        } else {
            socket.send(question, to);
        }
    }

    /** Whether somebody says that the address is his; waits for that. */
    boolean isAnswered() {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < patienceNanos) {
            ByteBuffer packet = socket.receive();
            if (packet == null) {
                return false;
            }
            if (wanted.isV4() ? ArpPacket.isFrom(packet, wanted) : NeighborAdvertisement.isFrom(packet, wanted)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        socket.close();
    }
}
