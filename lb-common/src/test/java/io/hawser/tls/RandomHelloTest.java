package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.binder;
import static io.hawser.tls.HelloBuilder.concat;
import static io.hawser.tls.HelloBuilder.identity;
import static io.hawser.tls.HelloBuilder.shorts;
import static io.hawser.tls.HelloBuilder.vector16;
import static io.hawser.tls.Hellos.inRecords;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Mutations;
import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hellos that nobody wrote by hand: built at random, or real ones with something broken in them. */
class RandomHelloTest {

    private static final int[] GREASE = {0x0a0a, 0x1a1a, 0x2a2a, 0x9a9a, 0xfafa};
    private static final String NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_";

    @Test
    void whatWasPutInIsReadBack() {
        Seeds.rounds(500, random -> {
            Drawn drawn = new Drawn(random);
            byte[] message = drawn.message();
            byte[] wire = inRecords(message, cuts(message.length, random));
            HelloResult result = HelloInvariants.check(wire, random);
            assertThat(result).isInstanceOf(HelloResult.Complete.class);
            assertThat(HelloFacts.of(((HelloResult.Complete) result).hello())).isEqualTo(drawn.facts(message.length));
        });
    }

    @Test
    void realHellosCutAtRandomReadAsTheyAre() {
        List<byte[]> captures = Captures.all();
        Seeds.rounds(500, random -> {
            byte[] capture = captures.get(random.nextInt(captures.size()));
            byte[] message = Arrays.copyOfRange(capture, 5, capture.length);
            byte[] behind = new byte[random.nextInt(3) * 100];
            random.nextBytes(behind);
            byte[] wire = concat(inRecords(message, cuts(message.length, random)), behind);
            HelloResult result = HelloInvariants.check(wire, random);
            assertThat(result).isInstanceOf(HelloResult.Complete.class);
            assertThat(HelloFacts.of(((HelloResult.Complete) result).hello()))
                    .isEqualTo(HelloFacts.of(Hellos.hello(capture)));
        });
    }

    @Test
    void brokenHellosDoNoHarm() {
        List<byte[]> captures = Captures.all();
        Seeds.rounds(4_000, random -> {
            byte[] broken = captures.get(random.nextInt(captures.size()));
            for (int i = random.nextInt(4); i >= 0; i--) {
                broken = Mutations.mutate(broken, random);
            }
            HelloInvariants.check(broken, random);
        });
    }

    /** The record layer and the message's length are mended, so that the mistake is found by what reads the fields. */
    @Test
    void brokenFieldsDoNoHarm() {
        List<byte[]> captures = Captures.all();
        Seeds.rounds(4_000, random -> {
            byte[] capture = captures.get(random.nextInt(captures.size()));
            byte[] body = Arrays.copyOfRange(capture, 9, capture.length);
            for (int i = random.nextInt(3); i >= 0; i--) {
                body = Mutations.mutate(body, random);
            }
            byte[] message = HelloBuilder.handshake(1, Arrays.copyOf(body, Math.min(body.length, 16_000)));
            HelloInvariants.check(inRecords(message, cuts(message.length, random)), random);
        });
    }

    @Test
    void noiseDoesNoHarm() {
        Seeds.rounds(2_000, random -> {
            byte[] noise = new byte[random.nextInt(400)];
            random.nextBytes(noise);
            byte[] likely =
                    random.nextBoolean() ? new byte[] {22, 3} : new byte[] {22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3};
            HelloInvariants.check(random.nextInt(8) == 0 ? noise : concat(likely, noise), random);
        });
    }

    /** Lengths of records that make up the message: most often few, sometimes as many as it has bytes. */
    private static int[] cuts(int length, Random random) {
        int longest = random.nextInt(8) == 0 ? 1 : 1 + random.nextInt(length);
        List<Integer> lengths = new ArrayList<>();
        for (int left = length; left > 0; ) {
            int next = Math.min(left, 1 + random.nextInt(Math.min(longest, 1 << 14)));
            lengths.add(next);
            left -= next;
        }
        return lengths.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A hello drawn at random, and what it says. */
    private static final class Drawn {

        private final Random random;
        private final HelloBuilder builder = new HelloBuilder();
        private final Set<Integer> types = new TreeSet<>();

        private final int legacyVersion;
        private final byte[] sessionId;
        private final int[] cipherSuites;

        private @Nullable String serverName;
        private List<String> alpn = List.of();
        private int[] supportedVersions = {};
        private int[] supportedGroups = {};
        private int[] signatureAlgorithms = {};
        private int[] keyShareGroups = {};
        private byte[] ticket = {};
        private final List<PskIdentity> identities = new ArrayList<>();

        Drawn(Random random) {
            this.random = random;
            legacyVersion = 0x0300 + random.nextInt(5);
            sessionId = bytes(random.nextInt(33));
            cipherSuites = codePoints(1 + random.nextInt(60));
            builder.legacyVersion(legacyVersion).sessionId(sessionId).cipherSuites(cipherSuites);
            extensions();
        }

        private void extensions() {
            List<Consumer<HelloBuilder>> drawn = new ArrayList<>();
            maybe(drawn, ExtensionType.SERVER_NAME, hello -> {
                String sent = hostName();
                serverName = sent.toLowerCase(Locale.ROOT);
                hello.serverName(random.nextBoolean() ? sent : sent + '.');
            });
            maybe(drawn, ExtensionType.ALPN, hello -> {
                alpn = protocols();
                hello.alpn(alpn.toArray(new String[0]));
            });
            maybe(drawn, ExtensionType.SUPPORTED_VERSIONS, hello -> {
                supportedVersions = codePoints(1 + random.nextInt(127));
                hello.supportedVersions(supportedVersions);
            });
            maybe(drawn, ExtensionType.SUPPORTED_GROUPS, hello -> {
                supportedGroups = codePoints(1 + random.nextInt(30));
                hello.supportedGroups(supportedGroups);
            });
            maybe(drawn, ExtensionType.SIGNATURE_ALGORITHMS, hello -> {
                signatureAlgorithms = codePoints(1 + random.nextInt(30));
                hello.signatureAlgorithms(signatureAlgorithms);
            });
            maybe(drawn, ExtensionType.KEY_SHARE, this::keyShare);
            maybe(drawn, ExtensionType.SESSION_TICKET, hello -> {
                ticket = bytes(random.nextInt(700));
                hello.extension(ExtensionType.SESSION_TICKET, ticket);
            });
            maybe(drawn, ExtensionType.EARLY_DATA, hello -> hello.extension(ExtensionType.EARLY_DATA));
            maybe(
                    drawn,
                    ExtensionType.ENCRYPTED_CLIENT_HELLO,
                    hello -> hello.extension(ExtensionType.ENCRYPTED_CLIENT_HELLO, bytes(random.nextInt(300))));
            for (int i = random.nextInt(5); i > 0; i--) {
                int unknown =
                        random.nextInt(3) == 0 ? GREASE[random.nextInt(GREASE.length)] : 100 + random.nextInt(9999);
                maybe(drawn, unknown, hello -> hello.extension(unknown, bytes(random.nextInt(40))));
            }
            Collections.shuffle(drawn, random);
            if (random.nextBoolean()) {
                types.add(ExtensionType.PRE_SHARED_KEY);
                drawn.add(this::preSharedKey);
            }
            drawn.forEach(extension -> extension.accept(builder));
        }

        private void maybe(List<Consumer<HelloBuilder>> drawn, int type, Consumer<HelloBuilder> extension) {
            if (random.nextBoolean() && types.add(type)) {
                drawn.add(extension);
            }
        }

        private void keyShare(HelloBuilder hello) {
            keyShareGroups = codePoints(random.nextInt(7));
            byte[] shares = {};
            for (int group : keyShareGroups) {
                shares = concat(shares, shorts(group), vector16(bytes(1 + random.nextInt(1600))));
            }
            hello.extension(ExtensionType.KEY_SHARE, vector16(shares));
        }

        private void preSharedKey(HelloBuilder hello) {
            byte[] list = {};
            byte[] binders = {};
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] identity = bytes(1 + random.nextInt(300));
                int age = random.nextInt();
                identities.add(new PskIdentity(identity, Integer.toUnsignedLong(age)));
                list = concat(list, identity(identity, age));
                binders = concat(binders, binder(32 + random.nextInt(224)));
            }
            hello.preSharedKey(list, binders);
        }

        private byte[] bytes(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }

        private int[] codePoints(int count) {
            return random.ints(count, 0, 0x10000)
                    .map(value -> value % 8 == 0 ? GREASE[value % GREASE.length] : value)
                    .toArray();
        }

        /** Ends in a letter, so that it is no address. */
        private String hostName() {
            StringBuilder name = new StringBuilder();
            for (int i = random.nextInt(4); i >= 0; i--) {
                for (int j = random.nextInt(60); j >= 0; j--) {
                    name.append(NAME_CHARACTERS.charAt(random.nextInt(NAME_CHARACTERS.length())));
                }
                name.append(i > 0 ? "." : "x");
            }
            return name.toString();
        }

        private List<String> protocols() {
            List<String> protocols = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                protocols.add(random.ints(1 + random.nextInt(255), 0, 256)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
            }
            return protocols;
        }

        byte[] message() {
            return builder.message();
        }

        HelloFacts facts(int size) {
            int highest = Arrays.stream(supportedVersions)
                    .filter(version -> !CodePoints.isGrease(version))
                    .max()
                    .orElse(legacyVersion);
            return new HelloFacts(
                    serverName,
                    alpn,
                    legacyVersion,
                    highest,
                    points(supportedVersions),
                    points(cipherSuites),
                    points(types.stream().mapToInt(Integer::intValue).toArray()),
                    points(signatureAlgorithms),
                    points(supportedGroups),
                    points(keyShareGroups),
                    HexFormat.of().formatHex(sessionId),
                    HexFormat.of().formatHex(ticket),
                    identities,
                    !identities.isEmpty(),
                    types.contains(ExtensionType.EARLY_DATA),
                    types.contains(ExtensionType.ENCRYPTED_CLIENT_HELLO),
                    size);
        }

        private static CodePoints points(int[] values) {
            char[] points = new char[values.length];
            for (int i = 0; i < values.length; i++) {
                points[i] = (char) values[i];
            }
            return new CodePoints(points);
        }
    }
}
