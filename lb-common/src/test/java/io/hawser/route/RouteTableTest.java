package io.hawser.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouteTableTest {

    private static final List<String> NONE = List.of();

    @ParameterizedTest
    @CsvSource({
        "shop.example.com, exact",
        "SHOP.Example.COM, exact",
        "shop.example.com., exact",
        "www.example.com, wildcard",
        "WWW.EXAMPLE.COM., wildcard",
        "xn--bcher-kva.example.com, wildcard",
        "xn--bcher-kva.example, idn",
        "XN--BCHER-KVA.example, idn",
        // The wildcard stands for exactly one label.
        "example.com, rest",
        "a.b.example.com, rest",
        ".example.com, rest",
        "wwwexample.com, rest",
        "example.com.evil.test, rest",
        "shop.example.com.., rest",
        "., rest",
        "'', rest",
        ", rest",
        "192.0.2.1, rest",
    })
    void goesByName(@Nullable String sni, String target) {
        RouteTable<String> table = new RouteTable<>(List.of(
                to("exact", List.of("shop.example.com"), NONE),
                to("wildcard", List.of("*.example.com"), NONE),
                to("idn", List.of("xn--bcher-kva.example"), NONE),
                to("rest", NONE, NONE)));
        assertThat(table.decide(sni, NONE)).isEqualTo(target);
    }

    @Test
    void takesTheFirstRouteThatMatchesNotTheClosest() {
        RouteTable<String> wideFirst = new RouteTable<>(
                List.of(to("wide", List.of("*.example.com"), NONE), to("narrow", List.of("shop.example.com"), NONE)));
        assertThat(wideFirst.decide("shop.example.com", NONE)).isEqualTo("wide");

        RouteTable<String> anyFirst =
                new RouteTable<>(List.of(to("any", NONE, NONE), to("narrow", List.of("shop.example.com"), NONE)));
        assertThat(anyFirst.decide("shop.example.com", NONE)).isEqualTo("any");
    }

    @Test
    void goesByProtocol() {
        RouteTable<String> table = new RouteTable<>(List.of(
                to("mail", NONE, List.of("imap", "pop3")),
                to("h2 of the shop", List.of("shop.example.com"), List.of("h2")),
                to("shop", List.of("shop.example.com"), NONE)));
        assertThat(table.decide(null, List.of("imap"))).isEqualTo("mail");
        assertThat(table.decide("shop.example.com", List.of("h2", "http/1.1"))).isEqualTo("h2 of the shop");
        assertThat(table.decide("shop.example.com", List.of("http/1.1"))).isEqualTo("shop");
        assertThat(table.decide("shop.example.com", NONE)).isEqualTo("shop");
        // In the order of the routes, not of the client's wishes.
        assertThat(table.decide("shop.example.com", List.of("h2", "pop3"))).isEqualTo("mail");
        assertThat(table.decide("www.example.com", List.of("h2"))).isNull();
        assertThat(table.decide(null, List.of("IMAP")))
                .as("compared byte by byte")
                .isNull();
    }

    @Test
    void leadsNowhereWhenNoRouteMatches() {
        RouteTable<String> table = new RouteTable<>(List.of(to("shop", List.of("shop.example.com"), NONE)));
        assertThat(table.decide("other.example.com", NONE)).isNull();
        assertThat(table.decide(null, NONE)).isNull();
        assertThat(table.match(null, NONE)).isNull();
        assertThat(new RouteTable<String>(List.of()).decide("shop.example.com", NONE))
                .isNull();
    }

    @Test
    void saysWhichRouteItTook() {
        Route<String> mail = to("mail", NONE, List.of("imap"));
        Route<String> rest = to("rest", NONE, NONE);
        RouteTable<String> table = new RouteTable<>(List.of(mail, rest));
        assertThat(table.match(null, List.of("imap"))).isSameAs(mail);
        assertThat(table.match("shop.example.com", NONE)).isSameAs(rest);
        assertThat(table.routes()).containsExactly(mail, rest);
    }

    @Test
    void findsOneNameOfManyThousand() {
        List<Route<String>> routes = Stream.iterate(0, i -> i + 1)
                .limit(10_000)
                .map(i -> to("pool" + i, List.of("host" + i + ".example.com"), NONE))
                .toList();
        RouteTable<String> table = new RouteTable<>(routes);
        assertThat(table.decide("host9999.example.com", NONE)).isEqualTo("pool9999");
        assertThat(table.decide("host10000.example.com", NONE)).isNull();
    }

    /** Few names and protocols, so that routes compete for them. */
    @Test
    void decidesAsGoingThroughAllRoutesWould() {
        Seeds.rounds(300, random -> {
            List<Route<Integer>> routes = Stream.iterate(0, i -> i + 1)
                    .limit(random.nextInt(10))
                    .map(i -> new Route<>(
                            some(random, RouteTableTest::pattern), some(random, RouteTableTest::protocol), i))
                    .toList();
            RouteTable<Integer> table = new RouteTable<>(routes);
            for (int i = 0; i < 20; i++) {
                String sni = random.nextInt(6) == 0 ? null : spelled(name(random), random);
                List<String> alpn = some(random, RouteTableTest::protocol);
                assertThat(table.decide(sni, alpn))
                        .as("%s %s in %s", sni, alpn, routes)
                        .isEqualTo(naive(routes, sni, alpn));
            }
        });
    }

    private static @Nullable Integer naive(List<Route<Integer>> routes, @Nullable String sni, List<String> alpn) {
        for (Route<Integer> route : routes) {
            boolean name = route.sni().isEmpty()
                    || (sni != null && route.sni().stream().anyMatch(pattern -> matches(pattern, sni)));
            boolean protocol = route.alpn().isEmpty() || route.alpn().stream().anyMatch(alpn::contains);
            if (name && protocol) {
                return route.target();
            }
        }
        return null;
    }

    private static boolean matches(HostPattern pattern, String sni) {
        String name = pattern.name().replace(".", "\\.");
        return sni.toLowerCase(Locale.ROOT).matches((pattern.wildcard() ? "[^.]+\\." : "") + name + "\\.?");
    }

    private static <E> List<E> some(Random random, Function<Random, E> draw) {
        return Stream.generate(() -> draw.apply(random))
                .limit(random.nextInt(4))
                .toList();
    }

    private static HostPattern pattern(Random random) {
        return new HostPattern(random.nextInt(3) == 0, name(random));
    }

    private static String protocol(Random random) {
        return List.of("h2", "http/1.1", "imap", "H2").get(random.nextInt(4));
    }

    private static String name(Random random) {
        List<String> labels = Stream.generate(() -> List.of("a", "b", "c").get(random.nextInt(3)))
                .limit(1 + random.nextInt(3))
                .toList();
        return String.join(".", labels);
    }

    private static String spelled(String name, Random random) {
        String cased = random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT);
        return random.nextInt(3) == 0 ? cased + "." : cased;
    }

    private static Route<String> to(String target, List<String> sni, List<String> alpn) {
        return new Route<>(sni.stream().map(HostPattern::parse).toList(), alpn, target);
    }
}
