package io.hawser.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutageTest {

    private final Outage outage = new Outage();

    @Test
    void withoutFailuresThereIsNone() {
        outage.answered(10);
        outage.answered(20);
        assertThat(outage.longestNanos()).isZero();
        assertThat(outage.dark()).isFalse();
    }

    @Test
    void itLastsFromTheFirstFailureToTheNextAnswer() {
        outage.answered(10);
        outage.failed(100);
        outage.failed(150);
        assertThat(outage.dark()).isTrue();
        outage.answered(230);
        assertThat(outage.longestNanos()).isEqualTo(130);
        assertThat(outage.failures()).isEqualTo(2);
        assertThat(outage.dark()).isFalse();
    }

    /** A request that takes long to fail is told after one that began later. */
    @Test
    void whatIsToldLateCountsFromWhereItBegan() {
        outage.failed(100);
        outage.failed(60);
        outage.answered(90);
        assertThat(outage.dark())
                .as("the answer is older than the last failure")
                .isTrue();
        outage.answered(200);
        assertThat(outage.longestNanos()).isEqualTo(140);
    }

    @Test
    void theLongestCounts() {
        outage.failed(0);
        outage.answered(50);
        outage.failed(60);
        outage.answered(70);
        assertThat(outage.longestNanos()).isEqualTo(50);
    }

    @Test
    void timesMayPassTheEndOfTheNumbers() {
        outage.failed(Long.MAX_VALUE - 10);
        outage.answered(Long.MIN_VALUE + 9);
        assertThat(outage.longestNanos()).isEqualTo(20);
    }
}
