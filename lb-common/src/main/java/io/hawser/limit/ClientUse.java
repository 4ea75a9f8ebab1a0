package io.hawser.limit;

import io.hawser.net.IpAddress;

/**
 * What one client makes of a listener.
 *
 * @param client its address, cut to the prefix that counts as one client
 * @param open connections that it has open
 * @param begun connections that it has opened in the last second or so
 */
public record ClientUse(IpAddress client, int open, int begun) {

    /** Both together. */
    ClientUse plus(ClientUse other) {
        return new ClientUse(client, open + other.open, begun + other.begun);
    }
}
