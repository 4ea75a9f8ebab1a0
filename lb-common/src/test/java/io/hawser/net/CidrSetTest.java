package io.hawser.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class CidrSetTest {

    @Test
    void holdsWhatAnyOfItsNetworksHolds() {
        CidrSet set = set("10.0.0.0/8", "192.0.2.7", "2001:db8::/32");

        assertThat(set.isEmpty()).isFalse();
        assertThat(Stream.of("10.255.255.255", "10.0.0.0", "192.0.2.7", "2001:db8:ffff::1"))
                .allMatch(address -> set.contains(IpAddressTest.parse(address)));
        assertThat(Stream.of("9.255.255.255", "11.0.0.0", "192.0.2.6", "192.0.2.8", "2001:db7::", "2001:db9::", "::"))
                .noneMatch(address -> set.contains(IpAddressTest.parse(address)));
    }

    /** In whatever order two networks that begin alike are written, the wider one counts. */
    @Test
    void keepsTheWiderOfTwoNetworksWithOneBeginning() {
        IpAddress onlyInWider = IpAddressTest.parse("10.200.0.1");
        assertThat(set("10.0.0.0/16", "10.0.0.0/8").contains(onlyInWider)).isTrue();
        assertThat(set("10.0.0.0/8", "10.0.0.0/16").contains(onlyInWider)).isTrue();
    }

    @Test
    void holdsNothingWhenEmpty() {
        assertThat(set().isEmpty()).isTrue();
        assertThat(set().contains(IpAddressTest.parse("10.0.0.1"))).isFalse();
        assertThat(set().contains(IpAddressTest.parse("::1"))).isFalse();
    }

    @Test
    void answersAsAskingEveryNetworkWould() {
        Seeds.rounds(500, random -> {
            List<Cidr> networks = Stream.generate(() -> network(random))
                    .limit(random.nextInt(12))
                    .toList();
            CidrSet set = CidrSet.of(networks);
            Stream<IpAddress> anywhere = Stream.generate(() -> address(random)).limit(20);
            Stream<IpAddress> atEdges = networks.stream().flatMap(CidrSetTest::edges);
            Stream.concat(anywhere, atEdges).forEach(address -> assertThat(set.contains(address))
                    .as("%s in %s", address, networks)
                    .isEqualTo(networks.stream().anyMatch(network -> network.contains(address))));
        });
    }

    private static Cidr network(Random random) {
        IpAddress address = address(random);
        return new Cidr(address, random.nextInt(address.isV4() ? 33 : 129));
    }

    /** Few bits vary, so that networks overlap, and addresses fall into them and just beside them. */
    private static IpAddress address(Random random) {
        long low = random.nextInt(4) == 0 ? -random.nextInt(3) : (long) random.nextInt(4) << random.nextInt(63);
        return random.nextBoolean()
                ? IpAddress.ofV4((int) (low ^ low >>> 32))
                : new IpAddress((long) random.nextInt(4) << random.nextInt(63), low);
    }

    /** The first and last address of a network, and those beside them. */
    private static Stream<IpAddress> edges(Cidr network) {
        int hostBits = (network.network().isV4() ? 32 : 128) - network.length();
        BigInteger first = new BigInteger(1, network.network().toBytes());
        BigInteger last = first.add(BigInteger.ONE.shiftLeft(hostBits)).subtract(BigInteger.ONE);
        return Stream.of(first.subtract(BigInteger.ONE), first, last, last.add(BigInteger.ONE))
                .filter(address -> address.signum() >= 0)
                .map(address -> network.network().isV4()
                        ? IpAddress.ofV4(address.intValue())
                        : new IpAddress(address.shiftRight(64).longValue(), address.longValue()));
    }

    private static CidrSet set(String... networks) {
        return CidrSet.of(Stream.of(networks).map(Cidr::parse).toList());
    }
}
