package io.hawser.node.vip;

import io.hawser.net.IpAddress;

/**
 * A VIP as the kernel knows it.
 *
 * @param id its id
 * @param address IPv4 or IPv6
 * @param length of its prefix; 32 or 128 unless its network is nowhere else on the interface
 * @param interfaceName such as {@code eth0}
 */
public record Vip(String id, IpAddress address, int length, String interfaceName) {

    /** As {@code ip} takes it: {@code 192.0.2.1/32}. */
    String prefix() {
        return address + "/" + length;
    }
}
