package io.hawser.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The verdict is the majority's among the nodes that can tell, and each backend has its few probers. */
final class HealthReportsTest {

    private static final List<String> NODES = List.of("lb1", "lb2", "lb3");
    private final HealthReports reports = new HealthReports();

    @Test
    void theMajorityDecides() {
        assertThat(verdict(NODES, 0)).isEqualTo(Verdict.UNKNOWN);
        report("lb1", false, 0);
        assertThat(verdict(NODES, 0)).as("it alone can tell").isEqualTo(Verdict.DOWN);
        report("lb2", true, 0);
        assertThat(verdict(NODES, 0)).as("a tie").isEqualTo(Verdict.UP);
        report("lb3", false, 0);
        assertThat(reports.opinion(NODES, 0))
                .isEqualTo(new HealthReports.Opinion(Verdict.DOWN, "2 of 3 nodes: refused by lb1"));
        report("lb1", true, 0);
        assertThat(verdict(NODES, 0)).isEqualTo(Verdict.UP);
    }

    @Test
    void whoIsGoneOrSilentIsNotHeard() {
        report("lb1", false, 0);
        report("lb2", false, 0);
        report("lb3", true, 0);
        assertThat(verdict(List.of("lb3"), 0)).as("the others are gone").isEqualTo(Verdict.UP);
        report("lb3", true, 3000);
        assertThat(verdict(NODES, HealthReports.FRESH_MILLIS + 1))
                .as("the others are silent")
                .isEqualTo(Verdict.UP);
        assertThat(reports.reports(NODES, HealthReports.FRESH_MILLIS + 1)).hasSize(1);
        reports.withdraw("lb3");
        assertThat(verdict(NODES, HealthReports.FRESH_MILLIS + 1)).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void eachBackendHasThreeProbers() {
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            nodes.add("lb" + i);
        }
        int[] load = new int[9];
        for (int backend = 0; backend < 300; backend++) {
            int probers = 0;
            for (int node = 0; node < 9; node++) {
                if (ProbePlan.probes(nodes.get(node), nodes, "p", "b" + backend)) {
                    probers++;
                    load[node]++;
                }
            }
            assertThat(probers).isEqualTo(ProbePlan.PROBERS);
        }
        for (int probes : load) {
            assertThat(probes).isBetween(60, 140);
        }
    }

    @Test
    void whenANodeGoesOnlyItsBackendsChangeHands() {
        List<String> nodes = List.of("a", "b", "c", "d", "e");
        List<String> fewer = List.of("a", "b", "c", "d");
        for (int backend = 0; backend < 200; backend++) {
            String id = "b" + backend;
            for (String node : fewer) {
                if (ProbePlan.probes(node, nodes, "p", id)) {
                    assertThat(ProbePlan.probes(node, fewer, "p", id)).isTrue();
                }
            }
        }
    }

    @Test
    void fewNodesAndOnesThatStandAloneProbeEverything() {
        assertThat(ProbePlan.probes("lb1", NODES, "p", "b")).isTrue();
        assertThat(ProbePlan.probes("x", List.of("a", "b", "c", "d"), "p", "b")).isTrue();
    }

    private Verdict verdict(List<String> members, long now) {
        return reports.opinion(members, now).verdict();
    }

    private void report(String node, boolean up, long now) {
        reports.report(new HealthReports.Report(node, up, (up ? "passed" : "refused") + " by " + node, now));
    }
}
