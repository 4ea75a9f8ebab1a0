package io.hawser.proxyprotocol;

import io.hawser.net.IpAddress;

/**
 * One end of a connection as a PROXY header tells it.
 *
 * @param address the IP address
 * @param port 0 to 65535
 */
public record TransportAddress(IpAddress address, int port) {

    public TransportAddress {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
    }

    /** {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}. */
    @Override
    public String toString() {
        return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
    }
}
