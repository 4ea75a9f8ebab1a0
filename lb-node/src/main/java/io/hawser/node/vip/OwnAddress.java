package io.hawser.node.vip;

import io.hawser.net.IpAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The address by which the neighbours on a VIP's link know this host itself. */
final class OwnAddress {

    private OwnAddress() {}

    /**
     * Looks for it.
     *
     * @param vips the addresses of all VIPs: they may be another host's the next moment
     * @return of the VIP's family; null when there is none
     */
    static @Nullable IpAddress on(NetworkInterface link, Vip vip, Set<IpAddress> vips) {
        return on(link, vip.address().isV4(), vips);
    }

    /** Likewise, of that family. */
    static @Nullable IpAddress on(NetworkInterface link, boolean v4, Set<IpAddress> vips) {
        for (InterfaceAddress held : link.getInterfaceAddresses()) {
            IpAddress address = IpAddress.of(held.getAddress());
            if (address.isV4() == v4 && !vips.contains(address)) {
                return address;
            }
        }
        return null;
    }
}
