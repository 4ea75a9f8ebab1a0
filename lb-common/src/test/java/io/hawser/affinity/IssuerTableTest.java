package io.hawser.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which backend issues which tickets: learned only from backends, unlearned when they say otherwise. */
final class IssuerTableTest {

    private final Random random = new Random(1);
    private final IssuerTable issuers = new IssuerTable();

    @Test
    void trustsANameAfterTwoDifferentTickets() {
        byte[] name = bytes(16);
        byte[] first = ticket(name);
        assertThat(issuers.seen(first, "b1", 0)).isEmpty();
        assertThat(issuers.seen(first, "b1", 1)).as("the same ticket again").isEmpty();
        assertThat(issuers.nameOf(first, 1)).isNull();

        assertThat(issuers.seen(ticket(name), "b1", 2)).singleElement().satisfies(news -> {
            assertThat(news.backend()).isEqualTo("b1");
            assertThat(news.origin()).isEqualTo(Issuer.Origin.TRAFFIC);
        });
        assertThat(backendOf(ticket(name), 3)).isEqualTo("b1");
        assertThat(backendOf(ticket(bytes(16)), 3)).isNull();
    }

    @Test
    void takesTheLongestNameThatTicketsShare() {
        byte[] version = {1};
        byte[] s2n = concat(version, bytes(16));
        issuers.seen(ticket(s2n), "b1", 0);
        issuers.seen(ticket(s2n), "b1", 0);
        assertThat(backendOf(ticket(s2n), 0)).isEqualTo("b1");
        assertThat(backendOf(ticket(Arrays.copyOf(s2n, 16)), 0))
                .as("a name that differs in its last byte")
                .isNull();

        byte[] jsse = bytes(4);
        issuers.seen(ticket(jsse), "b2", 0);
        issuers.seen(ticket(jsse), "b2", 0);
        assertThat(backendOf(ticket(jsse), 0)).isEqualTo("b2");
    }

    @Test
    void aNameThatTwoBackendsAcceptTiesNobody() {
        byte[] name = bytes(16);
        issuers.seen(ticket(name), "b1", 0);
        issuers.seen(ticket(name), "b1", 0);
        assertThat(issuers.seen(ticket(name), "b2", 1)).singleElement().satisfies(news -> assertThat(news.isShared())
                .isTrue());
        assertThat(issuers.nameOf(ticket(name), 1)).isNull();
        assertThat(issuers.seen(ticket(name), "b2", 2)).as("known already").isEmpty();

        byte[] fromTheStart = bytes(16);
        issuers.seen(ticket(fromTheStart), "b1", 0);
        issuers.seen(ticket(fromTheStart), "b2", 0);
        assertThat(issuers.nameOf(ticket(fromTheStart), 0)).isNull();
    }

    @Test
    void forgetsANameAfterRefusalsOfDifferentTicketsInARow() {
        byte[] name = bytes(16);
        issuers.seen(ticket(name), "b1", 0);
        issuers.seen(ticket(name), "b1", 0);
        byte[] old = ticket(name);
        assertThat(issuers.refused(old, "b1", 0)).isFalse();
        assertThat(issuers.refused(old, "b1", 0)).as("the same ticket again").isFalse();
        assertThat(issuers.refused(ticket(name), "b2", 0)).as("not the issuer").isFalse();
        assertThat(issuers.refused(ticket(name), "b1", 0)).isFalse();
        issuers.seen(ticket(name), "b1", 0);
        assertThat(issuers.refused(ticket(name), "b1", 0)).as("begins anew").isFalse();
        assertThat(issuers.refused(ticket(name), "b1", 0)).isFalse();
        assertThat(issuers.refused(ticket(name), "b1", 0)).isTrue();
        assertThat(issuers.nameOf(ticket(name), 0)).isNull();
    }

    @Test
    void aProbeKnowsAtOnce() {
        byte[] name = bytes(16);
        assertThat(issuers.probed(List.of(ticket(name), ticket(name)), "b1", 0)).hasSize(1);
        assertThat(backendOf(ticket(name), 0)).isEqualTo("b1");
        assertThat(issuers.probed(List.of(ticket(name), ticket(name)), "b1", 60_000))
                .as("no news")
                .isEmpty();
        assertThat(issuers.probed(List.of(ticket(name), ticket(name)), "b2", 60_000))
                .singleElement()
                .satisfies(news -> assertThat(news.isShared()).isTrue());
    }

    @Test
    void aProbeOfAServerWithoutNamesLearnsNothing() {
        assertThat(issuers.probed(List.of(bytes(32), bytes(32)), "b1", 0)).isEmpty();
        assertThat(issuers.probed(List.of(ticket(bytes(16))), "b1", 0))
                .as("one ticket tells no length")
                .isEmpty();
        assertThat(issuers.issuers()).isEmpty();
    }

    @Test
    void predictsTheNextNameOfAServerThatCounts() {
        byte[] name = {0, 0, 1, (byte) 0xff};
        issuers.probed(List.of(ticket(name), ticket(name)), "b1", 0);
        assertThat(backendOf(ticket(new byte[] {0, 0, 2, 0}), 0)).isEqualTo("b1");
        assertThat(backendOf(ticket(new byte[] {0, 0, 2, 1}), 0)).isNull();
    }

    @Test
    void namesLiveAWeekSinceTheyWereLastSeen() {
        byte[] name = bytes(16);
        issuers.probed(List.of(ticket(name), ticket(name)), "b1", 0);
        issuers.seen(ticket(name), "b1", 1000);
        assertThat(backendOf(ticket(name), 999 + IssuerTable.TTL_MILLIS)).isEqualTo("b1");
        assertThat(backendOf(ticket(name), 1000 + IssuerTable.TTL_MILLIS)).isNull();
        issuers.retain(Set.of("b1"), 1000 + IssuerTable.TTL_MILLIS);
        assertThat(issuers.issuers()).isEmpty();
    }

    @Test
    void namesOfBackendsThatAreGoneGo() {
        byte[] name = bytes(16);
        issuers.probed(List.of(ticket(name), ticket(name)), "b1", 0);
        issuers.retain(Set.of("b2"), 0);
        assertThat(issuers.issuers()).isEmpty();
        issuers.probed(List.of(ticket(name), ticket(name)), "b2", 0);
        assertThat(backendOf(ticket(name), 0))
                .as("the same server by another name")
                .isEqualTo("b2");
    }

    @Test
    void nodesTellEachOther() {
        byte[] name = bytes(16);
        List<Issuer> news = issuers.probed(List.of(ticket(name), ticket(name)), "b1", 0);
        IssuerTable other = new IssuerTable();
        news.forEach(other::told);
        assertThat(other.issuers()).isEqualTo(issuers.issuers());
        other.told(new Issuer(news.get(0).name(), "b2", Issuer.Origin.PROBE, 5));
        assertThat(other.nameOf(ticket(name), 5))
                .as("another backend has them too")
                .isNull();
    }

    @Test
    void theOperatorsNamesAloneCount() {
        byte[] learned = bytes(16);
        issuers.probed(List.of(ticket(learned), ticket(learned)), "b1", 0);
        issuers.configure(
                List.of(new IssuerTable.ConfiguredName("4857", "b1"), new IssuerTable.ConfiguredName("485702", "b2")));
        assertThat(backendOf(ticket(learned), 0)).isNull();
        assertThat(backendOf(ticket(new byte[] {0x48, 0x57, 1}), 0)).isEqualTo("b1");
        assertThat(backendOf(ticket(new byte[] {0x48, 0x57, 2}), 0))
                .as("the longer one")
                .isEqualTo("b2");
        assertThat(backendOf(new byte[] {0x48, 0x57}, 0))
                .as("nothing behind the name")
                .isNull();
        for (int i = 0; i < 10; i++) {
            issuers.refused(ticket(new byte[] {0x48, 0x57, 2}), "b2", 0);
        }
        assertThat(issuers.seen(ticket(new byte[] {0x48, 0x57, 2}), "b1", 0)).isEmpty();
        assertThat(backendOf(ticket(new byte[] {0x48, 0x57, 2}), Long.MAX_VALUE / 2))
                .isEqualTo("b2");

        issuers.configure(List.of());
        assertThat(backendOf(ticket(new byte[] {0x48, 0x57, 1}), 0)).isNull();
        assertThat(issuers.learns()).isTrue();
    }

    @Test
    void isBounded() {
        for (int i = 0; i < 3 * IssuerTable.MAX_ISSUERS; i++) {
            byte[] name = bytes(16);
            issuers.probed(List.of(ticket(name), ticket(name)), "b1", i);
        }
        assertThat(issuers.issuers()).hasSize(IssuerTable.MAX_ISSUERS);
        byte[] last = bytes(16);
        for (int i = 0; i < 3 * IssuerTable.MAX_CANDIDATES; i++) {
            issuers.seen(ticket(bytes(16)), "b1", 0);
        }
        issuers.seen(ticket(last), "b1", 1_000_000);
        issuers.seen(ticket(last), "b1", 1_000_000);
        assertThat(backendOf(ticket(last), 1_000_000)).as("still learns").isEqualTo("b1");
    }

    private @Nullable String backendOf(byte[] ticket, long now) {
        AffinityKey name = issuers.nameOf(ticket, now);
        return name == null ? null : issuers.find(name, now);
    }

    private byte[] ticket(byte[] name) {
        return concat(name, bytes(60));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        // No name begins with the mark of another length by chance.
        bytes[0] |= (byte) 0x80;
        return bytes;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
