package io.hawser.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TallyTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Tally tally = new Tally();
    private final int ticket = tally.client(SessionKind.TLS13_TICKET);
    private final int address = tally.client(SessionKind.CLIENT_ADDRESS);

    private void answered(int client, long millis, String backend, boolean resumed) {
        tally.visit(client, new Visit.Answered(millis * MILLI, backend, resumed), (millis + 1) * MILLI);
    }

    private void refused(int client, long millis) {
        tally.visit(client, new Visit.Refused(millis * MILLI), (millis + 1) * MILLI);
    }

    @Test
    void aKilledNodeCostsRequestsAndNoSession() {
        answered(ticket, 0, "b1", false);
        answered(address, 1, "b2", false);
        tally.event("killed");
        refused(ticket, 100);
        refused(address, 120);
        answered(ticket, 240, "b1", true);
        answered(address, 250, "b2", false);

        Verdict verdict = tally.verdict();
        assertThat(verdict.good()).isTrue();
        assertThat(verdict.sessions()).isEqualTo(2);
        assertThat(verdict.answered()).isEqualTo(4);
        assertThat(verdict.happenings())
                .containsExactly(
                        new Verdict.Happening("", 0, 0, false), new Verdict.Happening("killed", 2, 140, false));
        assertThat(kind(SessionKind.TLS13_TICKET))
                .isEqualTo(new Verdict.Kind(SessionKind.TLS13_TICKET, 1, 0, 2, 1, 1, 0));
        assertThat(tally.sessionsOf()).isEqualTo(Map.of("b1", 1L, "b2", 1L));
        assertThat(tally.answersOf()).isEqualTo(Map.of("b1", 2L, "b2", 2L));
    }

    @Test
    void aSessionOnAnotherBackendIsABadVerdict() {
        answered(address, 0, "b1", false);
        answered(address, 1, "b2", false);
        answered(address, 2, "b1", false);
        assertThat(tally.verdict().good()).isFalse();
        assertThat(tally.verdict().moved()).as("sessions, not moves").isEqualTo(1);
    }

    @Test
    void aSessionThatTlsMadeTheClientForgetIsCountedApart() {
        answered(ticket, 0, "b1", false);
        tally.visit(ticket, new Visit.Broken(MILLI), 2 * MILLI);
        answered(ticket, 3, "b2", false);
        assertThat(tally.verdict().good()).isTrue();
        assertThat(kind(SessionKind.TLS13_TICKET).begunAnew()).isEqualTo(1);
        assertThat(kind(SessionKind.TLS13_TICKET).returns()).isZero();
    }

    @Test
    void everyClientIsAwaitedAfterEachEvent() {
        answered(ticket, 0, "b1", false);
        assertThat(tally.allAnswered(1)).isFalse();
        answered(address, 1, "b1", false);
        assertThat(tally.allAnswered(1)).isTrue();
        tally.event("moved");
        assertThat(tally.allAnswered(1)).isFalse();
    }

    @Test
    void theRateIsThatOfLate() {
        for (int i = 0; i < 100; i++) {
            answered(address, 10L * i, "b1", false);
        }
        assertThat(tally.rate(1_000 * MILLI)).isEqualTo(50);
        assertThat(tally.rate(10_000 * MILLI)).isZero();
    }

    private Verdict.Kind kind(SessionKind kind) {
        return tally.verdict().kinds().stream()
                .filter(one -> one.kind() == kind)
                .findFirst()
                .orElseThrow();
    }
}
