package io.hawser.net;

/**
 * An address as it stands on an interface: with the length of its network's prefix, {@code 10.0.0.100/24}.
 *
 * @param address the host's own, with all its bits
 * @param length prefix length in the address's own family: 1 to 32 for IPv4, 1 to 128 for IPv6
 */
public record HostPrefix(IpAddress address, int length) {

    public HostPrefix {
        int bits = address.isV4() ? 32 : 128;
        if (length < 1 || length > bits) {
            throw new IllegalArgumentException("prefix length " + length + " is not between 1 and " + bits);
        }
    }

    /**
     * Reads {@code address/length}; an address alone has all its bits for a prefix.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static HostPrefix parse(String text) {
        Cidr network = Cidr.parse(text);
        int slash = text.indexOf('/');
        IpAddress address = IpAddress.tryParse(slash < 0 ? text : text.substring(0, slash));
        return new HostPrefix(address == null ? network.network() : address, network.length());
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
