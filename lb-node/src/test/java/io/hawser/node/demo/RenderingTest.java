package io.hawser.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RenderingTest {

    private static final Verdict VERDICT = new Verdict(
            List.of(
                    new Verdict.Kind(SessionKind.TLS12_ID, 10, 0, 210, 200, 200, 0),
                    new Verdict.Kind(SessionKind.TLS13_TICKET, 10, 0, 209, 197, 197, 2),
                    new Verdict.Kind(SessionKind.CLIENT_ADDRESS, 10, 1, 210, 200, 0, 0)),
            List.of(
                    new Verdict.Happening("", 0, 0, false),
                    new Verdict.Happening("SIGKILL to lb1", 7, 137, false),
                    new Verdict.Happening("a move", 3, 0, true)));

    @Test
    void theVerdictIsTwoTables() {
        assertThat(VerdictTable.lines(VERDICT, 200, false))
                .containsExactly(
                        "SESSIONS BY         SESSIONS  KEPT THEIR BACKEND  CHANGED IT  RETURNS  RESUMED  BEGUN ANEW",
                        "TLS 1.2 session id        10                  10           0      200      200           0",
                        "TLS 1.3 ticket            10                  10           0      197      197           2",
                        "client address            10                   9           1      200        -           -",
                        "all                       30                  29           1      597      397           2",
                        "",
                        "WHAT HAPPENED            REQUESTS FAILED  TIME WITHOUT SERVICE",
                        "nothing yet                            0                  0 ms",
                        "SIGKILL to lb1                         7                137 ms",
                        "a move                                 3            to the end",
                        "in all, of 639 requests               10                     -",
                        "",
                        "begun anew: the connection broke while the session was offered, and TLS has clients forget it then");
    }

    @Test
    void thePictureHasNodesBackendsAndSums() {
        assertThat(Frame.lines(snapshot(), 200, false))
                .containsExactly(
                        "NODE  VIP 127.77.1.100:8443",
                        "lb1   dead",
                        "lb2   has it",
                        "lb3   stands by",
                        "",
                        "BACKEND  SESSIONS  REQUESTS  ",
                        "b1             12       300  " + "█".repeat(30),
                        "b2              8       150  " + "█".repeat(15),
                        "",
                        "REQUESTS A SECOND  FAILED  SESSIONS  THAT CHANGED THEIR BACKEND  SECONDS",
                        "               75      10        30                           1      8.3");
    }

    @Test
    void aNarrowTerminalIsNeverOverrun() {
        for (int width : new int[] {20, 40, 60, 80}) {
            assertThat(Frame.lines(snapshot(), width, false)).allMatch(line -> line.length() <= width);
        }
    }

    @Test
    void coloursAreOnlyThereWhereTheyAreWanted() {
        assertThat(String.join("", Frame.lines(snapshot(), 80, false))).doesNotContain("\u001b");
        assertThat(String.join("", Frame.lines(snapshot(), 80, true))).contains("\u001b[31m");
    }

    @Test
    void aPipeGetsOneLine() {
        assertThat(Frame.line(snapshot()))
                .isEqualTo("8.3 s: the VIP is on lb2; sessions b1=12 b2=8; 75 requests/s, 10 failed,"
                        + " 1 sessions changed their backend");
    }

    private static Snapshot snapshot() {
        Map<String, Boolean> nodes = new LinkedHashMap<>();
        nodes.put("lb1", false);
        nodes.put("lb2", true);
        nodes.put("lb3", true);
        return new Snapshot(
                8.31,
                "127.77.1.100:8443",
                "lb2",
                nodes,
                List.of("b1", "b2"),
                Map.of("b1", 12L, "b2", 8L),
                Map.of("b1", 300L, "b2", 150L),
                75,
                VERDICT);
    }
}
