package io.hawser.limit;

import io.hawser.net.Cidr;
import io.hawser.net.CidrSet;
import io.hawser.net.IpAddress;
import java.util.Collection;

/** Which clients may connect: those allowed, or everyone when nobody is named, but never those denied. Immutable. */
public final class AccessList {

    private final CidrSet allow;
    private final CidrSet deny;

    private AccessList(CidrSet allow, CidrSet deny) {
        this.allow = allow;
        this.deny = deny;
    }

    /**
     * A list of networks.
     *
     * @param allow who may connect; empty: everyone
     * @param deny who may not, even if allowed
     */
    public static AccessList of(Collection<Cidr> allow, Collection<Cidr> deny) {
        return new AccessList(CidrSet.of(allow), CidrSet.of(deny));
    }

    /** Whether the client may connect. */
    public boolean permits(IpAddress client) {
        return !deny.contains(client) && (allow.isEmpty() || allow.contains(client));
    }
}
