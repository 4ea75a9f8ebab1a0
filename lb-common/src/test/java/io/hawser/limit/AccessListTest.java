package io.hawser.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.Cidr;
import io.hawser.net.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AccessListTest {

    private static final List<Cidr> NOBODY = List.of();
    private static final List<Cidr> OFFICE = List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32"));
    private static final List<Cidr> GUESTS = List.of(Cidr.parse("10.9.0.0/16"), Cidr.parse("2001:db8:9::/48"));

    @Test
    void permitsEveryoneWhenNobodyIsNamed() {
        AccessList list = AccessList.of(NOBODY, NOBODY);
        assertThat(permits(list, "203.0.113.1")).isTrue();
        assertThat(permits(list, "::1")).isTrue();
    }

    @Test
    void permitsThoseAllowedOnly() {
        AccessList list = AccessList.of(OFFICE, NOBODY);
        assertThat(permits(list, "10.1.2.3")).isTrue();
        assertThat(permits(list, "2001:db8:1::1")).isTrue();
        assertThat(permits(list, "203.0.113.1")).isFalse();
        assertThat(permits(list, "2001:db9::1")).isFalse();
    }

    @Test
    void neverPermitsThoseDenied() {
        AccessList list = AccessList.of(OFFICE, GUESTS);
        assertThat(permits(list, "10.8.0.1")).isTrue();
        assertThat(permits(list, "10.9.0.1")).isFalse();
        assertThat(permits(list, "2001:db8:9::1")).isFalse();

        AccessList all = AccessList.of(NOBODY, GUESTS);
        assertThat(permits(all, "203.0.113.1")).isTrue();
        assertThat(permits(all, "10.9.0.1")).isFalse();
    }

    /** Who allows IPv4 networks only has not allowed IPv6. */
    @Test
    void permitsNoOtherFamilyThanThoseAllowed() {
        assertThat(permits(AccessList.of(List.of(Cidr.parse("0.0.0.0/0")), NOBODY), "::1"))
                .isFalse();
    }

    /** A dual-stack socket shows an IPv4 client as IPv4-mapped. */
    @Test
    void knowsAnIpv4ClientOnADualStackSocket() {
        assertThat(permits(AccessList.of(OFFICE, GUESTS), "::ffff:10.9.0.1")).isFalse();
        assertThat(permits(AccessList.of(OFFICE, GUESTS), "::ffff:10.8.0.1")).isTrue();
    }

    private static boolean permits(AccessList list, String client) {
        IpAddress address = IpAddress.tryParse(client);
        assertThat(address).isNotNull();
        return list.permits(address);
    }
}
