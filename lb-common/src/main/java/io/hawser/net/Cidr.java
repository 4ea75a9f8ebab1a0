package io.hawser.net;

/**
 * A network in CIDR form, {@code 10.0.0.0/8} or {@code 2001:db8::/32}; an address alone is a network of one.
 *
 * @param network the first address, its host bits zero
 * @param length prefix length in the address's own family: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(IpAddress network, int length) {

    public Cidr {
        int bits = network.isV4() ? 32 : 128;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException("prefix length " + length + " is not between 0 and " + bits);
        }
        network = network.isV4() ? network.prefix(length, 128) : network.prefix(32, length);
    }

    /**
     * Reads {@code address} or {@code address/length}.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        IpAddress address = IpAddress.tryParse(literal);
        if (address == null) {
            throw new IllegalArgumentException(
                    "'" + literal + "' is not an IPv4 or IPv6 address; write 192.0.2.0/24 or 2001:db8::/32");
        }
        if (slash < 0) {
            return new Cidr(address, address.isV4() ? 32 : 128);
        }
        String length = text.substring(slash + 1);
        if (length.isEmpty() || length.length() > 3 || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("prefix length '" + length + "' is not a number");
        }
        return new Cidr(address, Integer.parseInt(length));
    }

    public boolean contains(IpAddress address) {
        if (network.isV4() != address.isV4()) {
            return false;
        }
        return address.mask(network.isV4() ? 96 + length : length).equals(network);
    }

    @Override
    public String toString() {
        return network + "/" + length;
    }
}
