package io.hawser.tls;

import java.util.Arrays;

/** A pre-shared key that a TLS 1.3 client offers: most often the ticket of an earlier session (RFC 8446, 4.2.11). */
public final class PskIdentity {

    private final byte[] identity;
    private final long obfuscatedTicketAge;

    /** Takes the array over: the caller keeps no hold of it. */
    PskIdentity(byte[] identity, long obfuscatedTicketAge) {
        this.identity = identity;
        this.obfuscatedTicketAge = obfuscatedTicketAge;
    }

    /** A copy of the identity's bytes, 1 to 65535. */
    public byte[] identity() {
        return identity.clone();
    }

    /** Milliseconds since the ticket was issued plus a secret offset, as uint32; 0 for an external PSK. */
    public long obfuscatedTicketAge() {
        return obfuscatedTicketAge;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PskIdentity that
                && obfuscatedTicketAge == that.obfuscatedTicketAge
                && Arrays.equals(identity, that.identity);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(identity);
    }

    /** The length alone: whoever holds an identity could ask for its session. */
    @Override
    public String toString() {
        return "PskIdentity[" + identity.length + " bytes]";
    }
}
